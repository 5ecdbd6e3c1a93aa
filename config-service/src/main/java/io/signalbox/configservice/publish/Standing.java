package io.signalbox.configservice.publish;

import io.grpc.Status;
import io.signalbox.configservice.identity.AgentIdentity;
import io.signalbox.configservice.identity.AgentIdentity.Validity;
import io.signalbox.configservice.identity.Authentication;
import io.signalbox.configservice.identity.AuthenticationException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * By what right a stream goes on: the token that it came with. Before the token ends, the agent is asked to come again
 * with a fresh one, which costs it nothing, as it says what it holds; and every few minutes the cluster is asked
 * whether the token still counts. Safe on any thread.
 */
final class Standing {
    /** Time between two checks of a token; a quarter more or less is drawn. */
    static final Duration CHECK_INTERVAL = Duration.ofMinutes(2);

    /** Part of its life after which kubelet has put a fresh token into the file; it does so at 80 %. */
    private static final double RENEWED = 0.85;

    /** Part of its life within which all agents with tokens of one age come again, spread evenly. */
    private static final double SPREAD = 0.1;

    private final Authentication authentication;
    private final @Nullable String authorization;
    private final AgentIdentity identity;
    private final Instant end;
    private final RandomGenerator random;
    private final AtomicBoolean checking = new AtomicBoolean();
    private volatile Instant nextCheck;

    Standing(
            Authentication authentication,
            @Nullable String authorization,
            AgentIdentity identity,
            Instant now,
            RandomGenerator random) {
        this.authentication = authentication;
        this.authorization = authorization;
        this.identity = identity;
        this.random = random;
        this.end =
                identity.validity().map(validity -> end(validity, now, random)).orElse(Instant.MAX);
        this.nextCheck = identity.node().isEmpty() ? Instant.MAX : nextCheck(now);
    }

    private static Instant end(Validity validity, Instant now, RandomGenerator random) {
        long life = Duration.between(validity.from(), validity.until()).toMillis();
        Instant renewed = validity.from().plusMillis((long) (life * RENEWED));
        // A token shown when a fresh one should have been there is the best that the agent has.
        return now.isBefore(renewed)
                ? renewed.plusMillis((long) (life * SPREAD * random.nextDouble()))
                : validity.until();
    }

    private Instant nextCheck(Instant now) {
        return now.plusMillis((long) (CHECK_INTERVAL.toMillis() * (0.75 + random.nextDouble() / 2)));
    }

    AgentIdentity identity() {
        return identity;
    }

    /** Whether the agent is to come again. */
    boolean isOver(Instant now) {
        return !now.isBefore(end);
    }

    /** Whether the token is to be checked now; at most one caller is told so until {@link #check} returns. */
    boolean isCheckDue(Instant now) {
        return !now.isBefore(nextCheck) && checking.compareAndSet(false, true);
    }

    /** Checks the token; blocks. Empty when the stream may go on, also because nobody can be asked. */
    Optional<Status> check(Instant now) {
        try {
            AgentIdentity found = authentication.authenticate(authorization);
            return found.node().equals(identity.node())
                    ? Optional.empty()
                    : Optional.of(Status.PERMISSION_DENIED.withDescription("the token is of another node by now"));
        } catch (AuthenticationException e) {
            return e.reason() == AuthenticationException.Reason.UNAVAILABLE ? Optional.empty() : Optional.of(status(e));
        } finally {
            nextCheck = nextCheck(now);
            checking.set(false);
        }
    }

    /** How an agent is told. */
    static Status status(AuthenticationException refusal) {
        Status status = switch (refusal.reason()) {
            case UNAUTHENTICATED -> Status.UNAUTHENTICATED;
            case DENIED -> Status.PERMISSION_DENIED;
            case UNAVAILABLE -> Status.UNAVAILABLE;
        };
        return status.withDescription(refusal.getMessage());
    }
}
