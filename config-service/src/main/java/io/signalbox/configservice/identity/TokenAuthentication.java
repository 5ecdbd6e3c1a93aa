package io.signalbox.configservice.identity;

import io.signalbox.configservice.identity.AgentIdentity.Validity;
import io.signalbox.configservice.identity.AuthenticationException.Reason;
import io.signalbox.configservice.identity.TokenReviewer.PodRef;
import io.signalbox.configservice.kubernetes.RequestBudget;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Agents prove who they are by a service-account token, which the cluster checks: it must be meant for this service, of
 * the agents' service account, and bound to a pod; the pod's node is the agent's.
 *
 * <p>Answers are kept for a minute at most, by the token's SHA-256, and never beyond the token's end.
 */
public final class TokenAuthentication implements Authentication {
    static final String NODE_NAME = "authentication.kubernetes.io/node-name";
    static final String POD_NAME = "authentication.kubernetes.io/pod-name";
    static final String POD_UID = "authentication.kubernetes.io/pod-uid";

    /** How long an answer counts. */
    static final Duration ANSWER_TTL = Duration.ofMinutes(1);

    /** Answers kept at a time; the eldest is forgotten. */
    static final int MAX_ANSWERS = 10_000;

    /** Questions to the cluster in a second, and at once after a quiet time. */
    static final int REVIEWS_PER_SECOND = 50;

    static final int REVIEWS_AT_ONCE = 100;

    private static final String SCHEME = "Bearer ";
    private static final int MAX_TOKEN_LENGTH = 16 * 1024;

    private final TokenReviewer reviewer;
    private final String audience;
    private final ServiceAccount account;
    private final InstantSource wallClock;
    private final RequestBudget budget;

    private final Map<String, Answer> answers = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Answer> eldest) {
            return size() > MAX_ANSWERS;
        }
    };

    /** Either of the two is there. */
    private record Answer(
            @Nullable AgentIdentity identity, @Nullable AuthenticationException refusal, Instant until) {}

    /**
     * Asks nobody yet.
     *
     * @param audience that tokens must be meant for
     * @param account whose tokens they must be
     * @param wallClock by which tokens end
     * @param nanoClock as {@link System#nanoTime}
     */
    public TokenAuthentication(
            TokenReviewer reviewer,
            String audience,
            ServiceAccount account,
            InstantSource wallClock,
            LongSupplier nanoClock) {
        this.reviewer = reviewer;
        this.audience = audience;
        this.account = account;
        this.wallClock = wallClock;
        this.budget = new RequestBudget(REVIEWS_AT_ONCE, REVIEWS_PER_SECOND, nanoClock);
    }

    @Override
    public AgentIdentity authenticate(@Nullable String authorization) throws AuthenticationException {
        String token = token(authorization);
        Instant now = wallClock.instant();
        Optional<Validity> validity = TokenClaims.validity(token);
        if (validity.isPresent() && !now.isBefore(validity.get().until())) {
            throw unauthenticated("the token expired at " + validity.get().until()
                    + " (expected: one that still counts; is the file of --config-service-token kept up to date?)");
        }
        String hash = hash(token);
        Answer kept = kept(hash, now);
        if (kept == null) {
            kept = ask(token, validity, now);
            keep(hash, kept);
        }
        if (kept.identity != null) {
            return kept.identity;
        }
        throw Objects.requireNonNull(kept.refusal);
    }

    private static String token(@Nullable String authorization) throws AuthenticationException {
        if (authorization == null) {
            throw unauthenticated("no token: the stream has no metadata 'authorization' (expected: a service-account"
                    + " token; start the agent with --config-service-token)");
        }
        if (!authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
                || authorization.length() > MAX_TOKEN_LENGTH) {
            throw unauthenticated("no token: metadata 'authorization' is not 'Bearer' and a token of at most "
                    + MAX_TOKEN_LENGTH + " characters");
        }
        return authorization.substring(SCHEME.length()).strip();
    }

    /** The answer for a token of that hash that still counts. */
    private @Nullable Answer kept(String hash, Instant now) {
        synchronized (answers) {
            Answer answer = answers.get(hash);
            return answer == null || !now.isBefore(answer.until) ? null : answer;
        }
    }

    private void keep(String hash, Answer answer) {
        synchronized (answers) {
            // Behind the others again, so that the eldest is the one to go.
            answers.remove(hash);
            answers.put(hash, answer);
        }
    }

    private Answer ask(String token, Optional<Validity> validity, Instant now) throws AuthenticationException {
        if (!budget.take()) {
            throw new AuthenticationException(
                    Reason.UNAVAILABLE,
                    "too many tokens to check at a time (expected: at most " + REVIEWS_PER_SECOND
                            + " a second); try again");
        }
        Instant until = now.plus(ANSWER_TTL);
        if (validity.isPresent() && validity.get().until().isBefore(until)) {
            until = validity.get().until();
        }
        try {
            return new Answer(new AgentIdentity(Optional.of(node(review(token))), validity), null, until);
        } catch (IOException e) {
            throw new AuthenticationException(
                    Reason.UNAVAILABLE, "the API server cannot be asked about the token: " + e.getMessage());
        } catch (AuthenticationException e) {
            return new Answer(null, e, until);
        }
    }

    private TokenReview review(String token) throws IOException, AuthenticationException {
        TokenReview review = reviewer.review(token, audience);
        if (!review.authenticated()) {
            throw unauthenticated("the cluster does not accept the token"
                    + (review.error().isEmpty() ? "" : ": " + review.error()) + " (expected: one for audience "
                    + audience + " that has not expired and whose pod exists)");
        }
        if (!review.audiences().contains(audience)) {
            throw unauthenticated("the token is meant for " + review.audiences() + " (expected: for audience "
                    + audience + ", as --agent-token-audience says)");
        }
        if (!review.username().equals(account.username())) {
            throw denied("the token is of " + review.username() + " (expected: of service account " + account
                    + ", as --agent-service-account says)");
        }
        return review;
    }

    /** Newer clusters say it themselves; in others the pod tells. */
    private String node(TokenReview review) throws IOException, AuthenticationException {
        String node = review.extra(NODE_NAME);
        if (!node.isEmpty()) {
            return node;
        }
        PodRef pod = new PodRef(account.namespace(), review.extra(POD_NAME), review.extra(POD_UID));
        if (pod.name().isEmpty() || pod.uid().isEmpty()) {
            throw denied("the token is bound to no pod (expected: a projected token of an agent's pod)");
        }
        return reviewer.nodeOf(pod)
                .orElseThrow(() -> denied("the token's pod " + pod.namespace() + "/" + pod.name() + " with uid "
                        + pod.uid() + " is on no node (expected: a running pod)"));
    }

    private static String hash(String token) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static AuthenticationException unauthenticated(String message) {
        return new AuthenticationException(Reason.UNAUTHENTICATED, message);
    }

    private static AuthenticationException denied(String message) {
        return new AuthenticationException(Reason.DENIED, message);
    }
}
