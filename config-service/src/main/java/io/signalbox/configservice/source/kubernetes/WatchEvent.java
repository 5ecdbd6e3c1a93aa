package io.signalbox.configservice.source.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * What a watch says.
 *
 * @param object the object; of a bookmark only its resource version counts
 */
record WatchEvent(Type type, JsonNode object) {
    enum Type {
        ADDED,
        MODIFIED,
        DELETED,
        BOOKMARK
    }

    /** The state of the kind after this event. */
    String resourceVersion() {
        return object.path("metadata").path("resourceVersion").asText("");
    }
}
