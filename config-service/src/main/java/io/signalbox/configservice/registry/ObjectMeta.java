package io.signalbox.configservice.registry;

import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * What every declared object has.
 *
 * @param namespace empty for kinds that have none
 * @param name name within the namespace
 * @param uid what tells objects of one name apart over time; empty: unknown
 * @param labels ordered by key
 * @param creationTimestamp decides who is older; {@link Instant#MAX} when unset, so that objects with a time come first
 * @param generation which version of the declaration it is, for statuses; 0: unknown
 */
public record ObjectMeta(
        String namespace,
        String name,
        String uid,
        Map<String, String> labels,
        Instant creationTimestamp,
        long generation) {
    public ObjectMeta {
        labels = Collections.unmodifiableMap(new TreeMap<>(labels));
    }
}
