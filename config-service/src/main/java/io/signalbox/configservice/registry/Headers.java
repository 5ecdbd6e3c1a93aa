package io.signalbox.configservice.registry;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What is done to the headers on the way.
 *
 * @param request before the request is forwarded
 * @param response before the response is returned
 */
public record Headers(Operations request, Operations response) {
    /** Nothing is done. */
    public static final Headers UNCHANGED = new Headers(Operations.NONE, Operations.NONE);

    /**
     * What is done to one message.
     *
     * @param set values by name, in place of what is there; ordered by name
     * @param add values by name, beside what is there; ordered by name
     * @param remove names
     */
    public record Operations(Map<String, String> set, Map<String, String> add, List<String> remove) {
        /** Nothing is done. */
        public static final Operations NONE = new Operations(Map.of(), Map.of(), List.of());

        public Operations {
            set = Collections.unmodifiableMap(new TreeMap<>(set));
            add = Collections.unmodifiableMap(new TreeMap<>(add));
            remove = List.copyOf(remove);
        }

        /** Whether nothing is done. */
        public boolean isEmpty() {
            return set.isEmpty() && add.isEmpty() && remove.isEmpty();
        }
    }
}
