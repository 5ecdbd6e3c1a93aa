package io.signalbox.configservice.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.signalbox.configservice.identity.AgentIdentity;
import io.signalbox.configservice.identity.AgentIdentity.Validity;
import io.signalbox.configservice.identity.Authentication;
import io.signalbox.configservice.identity.AuthenticationException;
import io.signalbox.configservice.identity.ServiceAccount;
import io.signalbox.configservice.identity.TokenAuthentication;
import io.signalbox.configservice.testkit.FakeCluster;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StandingTest {
    private static final Instant ISSUED = Instant.parse("2026-01-01T00:00:00Z");
    private static final Instant EXPIRES = ISSUED.plusSeconds(1000);

    private final Random random = new Random(1);
    private Instant now = ISSUED;

    private Standing standing(long secondsOld) {
        AgentIdentity identity = new AgentIdentity(Optional.of("n1"), Optional.of(new Validity(ISSUED, EXPIRES)));
        return new Standing(_ -> identity, "Bearer t", identity, ISSUED.plusSeconds(secondsOld), random);
    }

    @Test
    void agentsComeAgainOnceTheirTokenIsRenewedButNotAllAtOnce() {
        Instant renewed = ISSUED.plusSeconds(850);
        Instant last = ISSUED.plusSeconds(950);
        int early = 0;
        for (int agent = 0; agent < 100; agent++) {
            Standing standing = standing(10);
            assertThat(standing.isOver(renewed.minusMillis(1))).isFalse();
            assertThat(standing.isOver(last)).isTrue();
            early += standing.isOver(ISSUED.plusSeconds(900)) ? 1 : 0;
        }
        assertThat(early).isBetween(30, 70);
    }

    @Test
    void anOldTokenCountsToItsEndSoThatNoAgentComesAgainAndAgain() {
        Standing standing = standing(900);

        assertThat(standing.isOver(EXPIRES.minusMillis(1))).isFalse();
        assertThat(standing.isOver(EXPIRES)).isTrue();
    }

    @Test
    void whoProvedNothingIsNeverAskedAgain() {
        Standing standing = new Standing(Authentication.NONE, null, AgentIdentity.UNPROVEN, ISSUED, new Random(1));

        assertThat(standing.isOver(Instant.MAX.minusSeconds(1))).isFalse();
        assertThat(standing.isCheckDue(EXPIRES)).isFalse();
    }

    @Test
    void aStreamEndsWhenItsTokenNoLongerCountsAndGoesOnWhileNobodyCanBeAsked() throws AuthenticationException {
        FakeCluster cluster = new FakeCluster();
        cluster.accept(
                "t",
                FakeCluster.review(
                        "system:serviceaccount:signalbox:agent",
                        Map.of("authentication.kubernetes.io/node-name", "n1")));
        TokenAuthentication authentication = new TokenAuthentication(
                cluster, "signalbox-config", new ServiceAccount("signalbox", "agent"), () -> now, () -> 0);
        Standing standing =
                new Standing(authentication, "Bearer t", authentication.authenticate("Bearer t"), now, new Random(1));
        assertThat(standing.isCheckDue(now.plusSeconds(89))).isFalse();

        now = now.plusSeconds(150);
        assertThat(standing.isCheckDue(now)).isTrue();
        assertThat(standing.isCheckDue(now)).isFalse();
        assertThat(standing.check(now)).isEmpty();

        now = now.plusSeconds(150);
        cluster.fail("t");
        assertThat(standing.isCheckDue(now)).isTrue();
        assertThat(standing.check(now)).isEmpty();

        now = now.plusSeconds(150);
        cluster.accept("t", FakeCluster.review("system:serviceaccount:signalbox:agent", Map.of()));
        assertThat(standing.isCheckDue(now)).isTrue();
        assertThat(standing.check(now)).map(Status::getCode).contains(Status.Code.PERMISSION_DENIED);
    }
}
