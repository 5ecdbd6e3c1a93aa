package io.signalbox.configservice.identity.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenReviewBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.signalbox.configservice.identity.TokenReview;
import io.signalbox.configservice.identity.TokenReviewer.PodRef;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is asked of an API server, and how its answers are read. */
class ApiTokenReviewerTest {
    private static final String REVIEWS = "/apis/authentication.k8s.io/v1/tokenreviews";

    private final KubernetesMockServer server = new KubernetesMockServer(false);
    private KubernetesClient client;
    private ApiTokenReviewer reviewer;

    @BeforeEach
    void start() {
        server.init();
        client = server.createClient(new JdkHttpClientFactory());
        client.getConfiguration().setRequestRetryBackoffLimit(0);
        reviewer = new ApiTokenReviewer(client);
    }

    @AfterEach
    void stop() {
        client.close();
        server.destroy();
    }

    @Test
    void readsWhoseAGoodTokenIs() throws Exception {
        server.expect()
                .post()
                .withPath(REVIEWS)
                .andReturn(
                        201,
                        new TokenReviewBuilder()
                                .withNewStatus()
                                .withAuthenticated(true)
                                .withAudiences("signalbox-config")
                                .withNewUser()
                                .withUsername("system:serviceaccount:signalbox:signalbox-agent")
                                .addToExtra("authentication.kubernetes.io/node-name", List.of("node-1"))
                                .endUser()
                                .endStatus()
                                .build())
                .once();

        assertThat(reviewer.review("t", "signalbox-config"))
                .isEqualTo(new TokenReview(
                        true,
                        "",
                        "system:serviceaccount:signalbox:signalbox-agent",
                        List.of("signalbox-config"),
                        Map.of("authentication.kubernetes.io/node-name", List.of("node-1"))));
        assertThat(server.getLastRequest().getBody().readUtf8())
                .contains("\"token\":\"t\"", "\"audiences\":[\"signalbox-config\"]");
    }

    @Test
    void readsWhyATokenIsBad() throws Exception {
        server.expect()
                .post()
                .withPath(REVIEWS)
                .andReturn(
                        201,
                        new TokenReviewBuilder()
                                .withNewStatus()
                                .withError("token has expired")
                                .endStatus()
                                .build())
                .once();

        assertThat(reviewer.review("t", "a"))
                .isEqualTo(new TokenReview(false, "token has expired", "", List.of(), Map.of()));
    }

    @Test
    void aServerThatDoesNotAnswerSaysNothingOfTheToken() {
        server.expect().post().withPath(REVIEWS).andReturn(503, "busy").always();

        assertThatThrownBy(() -> reviewer.review("secret-token", "a"))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("TokenReview: HTTP 503")
                .hasMessageNotContaining("secret-token");
    }

    @Test
    void thePodTellsItsNodeIfItIsTheVeryOne() throws Exception {
        server.expect()
                .get()
                .withPath("/api/v1/namespaces/signalbox/pods/agent-x")
                .andReturn(
                        200,
                        new PodBuilder()
                                .withNewMetadata()
                                .withName("agent-x")
                                .withUid("uid-1")
                                .endMetadata()
                                .withNewSpec()
                                .withNodeName("node-1")
                                .endSpec()
                                .build())
                .always();

        assertThat(reviewer.nodeOf(new PodRef("signalbox", "agent-x", "uid-1"))).contains("node-1");
        assertThat(reviewer.nodeOf(new PodRef("signalbox", "agent-x", "uid-2"))).isEmpty();
        assertThat(reviewer.nodeOf(new PodRef("signalbox", "agent-y", "uid-1"))).isEmpty();
    }
}
