package io.signalbox.configservice.registry;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Conditions that are known before a byte flows: who asks, and on which port.
 *
 * @param port dialled port; 0: any
 * @param sourceLabels the caller has all of these
 * @param sourceNamespace the caller's; empty: any
 * @param gateways as declared; empty: those of the object
 */
public record CallerMatch(int port, Map<String, String> sourceLabels, String sourceNamespace, List<String> gateways) {
    /** Fits every caller and port. */
    public static final CallerMatch ANY = new CallerMatch(0, Map.of(), "", List.of());

    public CallerMatch {
        sourceLabels = Collections.unmodifiableMap(new TreeMap<>(sourceLabels));
        gateways = List.copyOf(gateways);
    }
}
