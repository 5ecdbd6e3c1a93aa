package io.signalbox.agent.testkit;

import java.util.List;
import java.util.Map;

/**
 * A request as a backend got it, or a response as a caller got it, whatever the protocol.
 *
 * @param status of a response; 0 for a request, and for a response that was cut off
 * @param method of a request
 * @param authority of a request: Host or {@code :authority}
 * @param path of a request, with query
 * @param fields in order; names in lower case
 */
public record HttpMessage(
        int status, String method, String authority, String path, List<Map.Entry<String, String>> fields, String body) {
    public HttpMessage {
        fields = List.copyOf(fields);
    }

    /** The values of a header, joined with a comma; empty when there is none. */
    public String header(String name) {
        return String.join(
                ",",
                fields.stream()
                        .filter(field -> field.getKey().equals(name))
                        .map(Map.Entry::getValue)
                        .toList());
    }

    /** Whether there is such a header. */
    public boolean has(String name) {
        return fields.stream().anyMatch(field -> field.getKey().equals(name));
    }
}
