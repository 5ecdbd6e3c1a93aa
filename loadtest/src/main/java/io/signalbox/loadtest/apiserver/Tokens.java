package io.signalbox.loadtest.apiserver;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The service-account tokens that are good, and what a TokenReview says of them. */
final class Tokens {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Map<String, JsonNode> users = new ConcurrentHashMap<>();

    /**
     * Makes a token good.
     *
     * @param user what the review says in {@code status.user}, and {@code audiences}
     */
    void add(String token, JsonNode user) {
        users.put(token, user);
    }

    /** Makes a token bad. */
    void remove(String token) {
        users.remove(token);
    }

    /** The review with its status. */
    String review(String body) throws IOException {
        ObjectNode review = (ObjectNode) JSON.readTree(body);
        JsonNode spec = review.path("spec");
        JsonNode user = users.get(spec.path("token").asText());
        ObjectNode status = review.putObject("status");
        if (user == null) {
            status.put("authenticated", false).put("error", "the token is not known");
            return review.toString();
        }
        var audiences = status.putArray("audiences");
        for (JsonNode asked : spec.path("audiences")) {
            for (JsonNode granted : user.path("audiences")) {
                if (granted.equals(asked)) {
                    audiences.add(asked);
                }
            }
        }
        boolean isForAnyone = spec.path("audiences").isEmpty();
        if (audiences.isEmpty() && !isForAnyone) {
            status.put("authenticated", false).put("error", "the token is for other audiences");
        } else {
            status.put("authenticated", true);
            status.set("user", user.path("user"));
        }
        return review.toString();
    }
}
