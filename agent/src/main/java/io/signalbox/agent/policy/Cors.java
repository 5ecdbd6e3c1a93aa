package io.signalbox.agent.policy;

import io.signalbox.agent.model.CorsPolicy;
import io.signalbox.agent.model.StringMatch;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a CORS policy does with a request, by its {@code Origin}. */
public final class Cors {
    private Cors() {}

    /** What becomes of a request. */
    public enum Decision {
        /** Not a matter of CORS: goes on, and the response stays as it is. */
        NONE,
        /** Goes on; the response gets the headers of {@link #changeResponse}. */
        ALLOWED,
        /** Is answered here with 200 and the headers of {@link #answerPreflight}. */
        PREFLIGHT,
        /** Is answered here with 200 and no header: the browser takes that as a no. */
        PREFLIGHT_REFUSED
    }

    /**
     * Decides on a request.
     *
     * @param origin value of {@code origin}; null: none
     * @param requestMethod value of {@code access-control-request-method}; null: none
     */
    public static Decision decide(
            CorsPolicy policy,
            CharSequence method,
            @Nullable CharSequence origin,
            @Nullable CharSequence requestMethod) {
        if (origin == null || origin.isEmpty()) {
            return Decision.NONE;
        }
        boolean preflight =
                requestMethod != null && !requestMethod.isEmpty() && CharSequence.compare(method, "OPTIONS") == 0;
        if (isAllowed(policy.allowOrigins(), origin)) {
            return preflight ? Decision.PREFLIGHT : Decision.ALLOWED;
        }
        return preflight && !policy.forwardUnmatchedPreflights() ? Decision.PREFLIGHT_REFUSED : Decision.NONE;
    }

    private static boolean isAllowed(List<StringMatch> origins, CharSequence origin) {
        String text = origin.toString();
        for (int i = 0; i < origins.size(); i++) {
            boolean allowed = switch (origins.get(i)) {
                case StringMatch.Exact(String exact) -> exact.equals("*") || exact.equals(text);
                case StringMatch.Prefix(String prefix) -> text.startsWith(prefix);
                case StringMatch.Regex(var pattern) -> pattern.matches(text);
                case StringMatch.Present() -> true;
            };
            if (allowed) {
                return true;
            }
        }
        return false;
    }

    /** The headers of the answer to a preflight whose origin is allowed. */
    public static void answerPreflight(CorsPolicy policy, CharSequence origin, HeaderFields answer) {
        allow(policy, origin, answer);
        if (!policy.allowMethods().isEmpty()) {
            answer.set("access-control-allow-methods", policy.allowMethods());
        }
        if (!policy.allowHeaders().isEmpty()) {
            answer.set("access-control-allow-headers", policy.allowHeaders());
        }
        expose(policy, answer);
        Integer maxAge = policy.maxAgeSeconds();
        if (maxAge != null) {
            answer.set("access-control-max-age", Integer.toString(maxAge));
        }
    }

    /** The headers of the response to a request whose origin is allowed; what the backend says of them is replaced. */
    public static void changeResponse(CorsPolicy policy, CharSequence origin, HeaderFields response) {
        allow(policy, origin, response);
        expose(policy, response);
    }

    private static void allow(CorsPolicy policy, CharSequence origin, HeaderFields fields) {
        fields.set("access-control-allow-origin", origin.toString());
        if (policy.allowCredentials()) {
            fields.set("access-control-allow-credentials", "true");
        }
    }

    private static void expose(CorsPolicy policy, HeaderFields fields) {
        if (!policy.exposeHeaders().isEmpty()) {
            fields.set("access-control-expose-headers", policy.exposeHeaders());
        }
    }
}
