package io.signalbox.configservice.identity.kubernetes;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.authentication.TokenReviewBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenReviewStatus;
import io.fabric8.kubernetes.api.model.authentication.UserInfo;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.signalbox.configservice.identity.TokenReview;
import io.signalbox.configservice.identity.TokenReviewer;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Asks the API server. Needs {@code create} on {@code tokenreviews} and, in older clusters, {@code get} on pods. */
public final class ApiTokenReviewer implements TokenReviewer {
    private final KubernetesClient client;

    /** Asks with this client, which its maker closes. */
    public ApiTokenReviewer(KubernetesClient client) {
        this.client = client;
    }

    @Override
    public TokenReview review(String token, String audience) throws IOException {
        TokenReviewStatus status;
        try {
            status = client.authentication()
                    .v1()
                    .tokenReviews()
                    .create(new TokenReviewBuilder()
                            .withNewSpec()
                            .withToken(token)
                            .withAudiences(audience)
                            .endSpec()
                            .build())
                    .getStatus();
        } catch (KubernetesClientException e) {
            throw new IOException("TokenReview: " + reason(e), e);
        }
        if (status == null) {
            throw new IOException("TokenReview: an answer without a status");
        }
        UserInfo user = Objects.requireNonNullElseGet(status.getUser(), UserInfo::new);
        return new TokenReview(
                Boolean.TRUE.equals(status.getAuthenticated()),
                Objects.requireNonNullElse(status.getError(), ""),
                Objects.requireNonNullElse(user.getUsername(), ""),
                Objects.requireNonNullElse(status.getAudiences(), List.of()),
                Objects.requireNonNullElse(user.getExtra(), Map.of()));
    }

    @Override
    public Optional<String> nodeOf(PodRef ref) throws IOException {
        try {
            Pod pod = client.pods()
                    .inNamespace(ref.namespace())
                    .withName(ref.name())
                    .get();
            return pod == null || !ref.uid().equals(pod.getMetadata().getUid())
                    ? Optional.empty()
                    : Optional.ofNullable(pod.getSpec().getNodeName());
        } catch (KubernetesClientException e) {
            throw new IOException("pod " + ref.namespace() + "/" + ref.name() + ": " + reason(e), e);
        }
    }

    /** Without the request, which has the token in it. */
    private static String reason(KubernetesClientException e) {
        return e.getCode() > 0
                ? "HTTP " + e.getCode()
                        + (e.getStatus() == null ? "" : " " + e.getStatus().getMessage())
                : "no answer: "
                        + (e.getCause() == null ? e.getMessage() : e.getCause().toString());
    }
}
