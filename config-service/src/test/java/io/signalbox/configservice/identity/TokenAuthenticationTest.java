package io.signalbox.configservice.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.signalbox.configservice.identity.AuthenticationException.Reason;
import io.signalbox.configservice.testkit.FakeCluster;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenAuthenticationTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final String AGENT = "system:serviceaccount:signalbox:signalbox-agent";

    private final FakeCluster cluster = new FakeCluster();
    private Instant now = START;
    private final TokenAuthentication authentication = new TokenAuthentication(
            cluster,
            "signalbox-config",
            new ServiceAccount("signalbox", "signalbox-agent"),
            () -> now,
            () -> TimeUnit.SECONDS.toNanos(now.getEpochSecond()));

    private static String jwt(Instant until) {
        return FakeCluster.token("agent", START.minusSeconds(600), until);
    }

    private AgentIdentity authenticate(String token) throws AuthenticationException {
        return authentication.authenticate("Bearer " + token);
    }

    private AuthenticationException refusal(@Nullable String authorization) {
        AuthenticationException refusal =
                catchThrowableOfType(AuthenticationException.class, () -> authentication.authenticate(authorization));
        assertThat(refusal).as("a refusal").isNotNull();
        return refusal;
    }

    @Test
    void theNodeIsTheOneThatTheClusterSays() throws Exception {
        String token = jwt(START.plusSeconds(600));
        cluster.accept(token, FakeCluster.review(AGENT, Map.of(TokenAuthentication.NODE_NAME, "node-1")));

        AgentIdentity identity = authenticate(token);

        assertThat(identity.node()).contains("node-1");
        assertThat(identity.validity())
                .contains(new AgentIdentity.Validity(START.minusSeconds(600), START.plusSeconds(600)));
        assertThat(identity.isOf("node-2")).isFalse();
    }

    @Test
    void olderClustersNameThePodWhoseNodeItIs() throws Exception {
        cluster.accept(
                "t",
                FakeCluster.review(
                        AGENT, Map.of(TokenAuthentication.POD_NAME, "agent-x", TokenAuthentication.POD_UID, "uid-1")));
        cluster.pod(new TokenReviewer.PodRef("signalbox", "agent-x", "uid-1"), "node-7");

        assertThat(authenticate("t").node()).contains("node-7");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            nullValues = "none",
            value = {
                "none            | UNAUTHENTICATED | start the agent with --config-service-token",
                "Basic abc       | UNAUTHENTICATED | is not 'Bearer'",
                "Bearer unknown  | UNAUTHENTICATED | the cluster does not accept the token: unknown token",
                "Bearer audience | UNAUTHENTICATED | meant for [api] (expected: for audience signalbox-config",
                "Bearer other    | DENIED          | the token is of system:serviceaccount:shop:cart (expected: of",
                "Bearer person   | DENIED          | the token is of admin (expected: of service account signalbox/",
                "Bearer unbound  | DENIED          | the token is bound to no pod",
                "Bearer gone     | DENIED          | pod signalbox/agent-x with uid uid-2 is on no node",
                "Bearer broken   | UNAVAILABLE     | the API server cannot be asked about the token: it is away",
            })
    void whoIsNotLetInIsToldWhy(@Nullable String authorization, Reason reason, String message) {
        cluster.accept("other", FakeCluster.review("system:serviceaccount:shop:cart", Map.of()));
        cluster.accept("person", FakeCluster.review("admin", Map.of()));
        cluster.accept("unbound", FakeCluster.review(AGENT, Map.of()));
        cluster.accept("audience", new TokenReview(true, "", AGENT, List.of("api"), Map.of()));
        cluster.accept(
                "gone",
                FakeCluster.review(
                        AGENT, Map.of(TokenAuthentication.POD_NAME, "agent-x", TokenAuthentication.POD_UID, "uid-2")));
        cluster.fail("broken");

        AuthenticationException refusal = refusal(authorization);

        assertThat(refusal.reason()).isEqualTo(reason);
        assertThat(refusal).hasMessageContaining(message);
    }

    @Test
    void answersCountForAMinute() throws Exception {
        cluster.accept("t", FakeCluster.review(AGENT, Map.of(TokenAuthentication.NODE_NAME, "node-1")));
        authenticate("t");
        cluster.forget("t");
        now = START.plus(Duration.ofSeconds(59));
        assertThat(authenticate("t").node()).contains("node-1");
        assertThat(cluster.reviews()).isEqualTo(1);

        now = START.plus(Duration.ofSeconds(60));

        assertThat(refusal("Bearer t").reason()).isEqualTo(Reason.UNAUTHENTICATED);
        assertThat(refusal("Bearer t").reason()).isEqualTo(Reason.UNAUTHENTICATED);
        assertThat(cluster.reviews()).isEqualTo(2);
    }

    @Test
    void noAnswerCountsBeyondTheTokensEnd() throws Exception {
        String token = jwt(START.plusSeconds(10));
        cluster.accept(token, FakeCluster.review(AGENT, Map.of(TokenAuthentication.NODE_NAME, "node-1")));
        authenticate(token);

        now = START.plusSeconds(10);

        assertThat(refusal("Bearer " + token)).hasMessageContaining("the token expired at 2026-01-01T00:00:10Z");
        assertThat(cluster.reviews()).isEqualTo(1);
    }

    @Test
    void aFailureToAskIsNotRemembered() throws Exception {
        cluster.fail("t");
        assertThat(refusal("Bearer t").reason()).isEqualTo(Reason.UNAVAILABLE);

        cluster.accept("t", FakeCluster.review(AGENT, Map.of(TokenAuthentication.NODE_NAME, "node-1")));

        assertThat(authenticate("t").node()).contains("node-1");
    }

    @Test
    void theClusterIsAskedSoOftenAndNoMore() throws Exception {
        for (int i = 0; i < TokenAuthentication.REVIEWS_AT_ONCE; i++) {
            assertThat(refusal("Bearer guess-" + i).reason()).isEqualTo(Reason.UNAUTHENTICATED);
        }
        assertThat(refusal("Bearer another")).hasMessageContaining("too many tokens");

        now = now.plusSeconds(1);

        assertThat(refusal("Bearer another").reason()).isEqualTo(Reason.UNAUTHENTICATED);
        assertThat(cluster.reviews()).isEqualTo(TokenAuthentication.REVIEWS_AT_ONCE + 1);
    }

    @ParameterizedTest
    @CsvSource({"opaque", "a.b.c", "a.e30.c", "'a.eyJleHAiOiJ4In0.c'", "..", "a.!!.c"})
    void aTokenNeedNotSayWhenItEnds(String token) {
        assertThat(TokenClaims.validity(token)).isEqualTo(Optional.empty());
    }
}
