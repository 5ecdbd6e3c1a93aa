package io.signalbox.configservice.testkit;

import io.signalbox.configservice.identity.TokenReview;
import io.signalbox.configservice.identity.TokenReviewer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/** A cluster that knows the tokens and pods that a test tells it. */
public final class FakeCluster implements TokenReviewer {
    private static final String AUDIENCE = "signalbox-config";

    private final Map<String, TokenReview> tokens = new ConcurrentHashMap<>();
    private final Map<PodRef, String> nodes = new ConcurrentHashMap<>();
    private final Set<String> failing = ConcurrentHashMap.newKeySet();
    private final AtomicInteger reviews = new AtomicInteger();

    /** A token in the form of Kubernetes' that says when it counts. */
    public static String token(String name, Instant from, Instant until) {
        String claims =
                "{\"sub\":\"%s\",\"iat\":%d,\"exp\":%d}".formatted(name, from.getEpochSecond(), until.getEpochSecond());
        Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
        return base64.encodeToString("{}".getBytes(StandardCharsets.UTF_8)) + "."
                + base64.encodeToString(claims.getBytes(StandardCharsets.UTF_8)) + ".signature";
    }

    /** What is said of a good token. */
    public static TokenReview review(String username, Map<String, String> extra) {
        return new TokenReview(
                true,
                "",
                username,
                List.of(AUDIENCE),
                extra.entrySet().stream()
                        .collect(Collectors.toMap(Map.Entry::getKey, entry -> List.of(entry.getValue()))));
    }

    /** Says this of the token from now on. */
    public void accept(String token, TokenReview review) {
        failing.remove(token);
        tokens.put(token, review);
    }

    /** Knows nothing of the token any more. */
    public void forget(String token) {
        tokens.remove(token);
    }

    /** Gives no answer about the token. */
    public void fail(String token) {
        failing.add(token);
    }

    /** The pod runs there. */
    public void pod(PodRef pod, String node) {
        nodes.put(pod, node);
    }

    /** How often it was asked about tokens. */
    public int reviews() {
        return reviews.get();
    }

    @Override
    public TokenReview review(String token, String audience) throws IOException {
        reviews.incrementAndGet();
        if (failing.contains(token)) {
            throw new IOException("it is away");
        }
        TokenReview known = tokens.get(token);
        return known == null ? new TokenReview(false, "unknown token", "", List.of(), Map.of()) : known;
    }

    @Override
    public Optional<String> nodeOf(PodRef pod) {
        return Optional.ofNullable(nodes.get(pod));
    }
}
