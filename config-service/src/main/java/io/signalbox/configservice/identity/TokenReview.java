package io.signalbox.configservice.identity;

import java.util.List;
import java.util.Map;

/**
 * What the cluster says of a token, as in TokenReview.status.
 *
 * @param authenticated whether it is good
 * @param error why it is not; may be empty
 * @param username whose it is
 * @param audiences of those asked for, those that it is meant for
 * @param extra what else is known, such as the pod that it is bound to
 */
public record TokenReview(
        boolean authenticated, String error, String username, List<String> audiences, Map<String, List<String>> extra) {
    public TokenReview {
        audiences = List.copyOf(audiences);
        extra = Map.copyOf(extra);
    }

    /** The first value of that name; empty when there is none. */
    String extra(String name) {
        List<String> values = extra.getOrDefault(name, List.of());
        return values.isEmpty() ? "" : values.getFirst();
    }
}
