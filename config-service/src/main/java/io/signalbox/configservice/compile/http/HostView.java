package io.signalbox.configservice.compile.http;

import io.signalbox.configservice.compile.callers.Caller;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One host on one port, for every caller: its contents, each with the name of the virtual host that has it. */
final class HostView {
    /**
     * One content.
     *
     * @param name of the virtual host
     */
    record Variant(String name, HostContent content) {}

    private final String host;
    private final Set<String> mentions;
    private final Map<Caller, @Nullable Variant> byCaller = new HashMap<>();
    private final Map<HostContent, Variant> variants = new LinkedHashMap<>();

    /**
     * A view of a host.
     *
     * @param mentions namespaces that make a difference
     * @param callers all callers to look at, the general before the particular
     * @param content null: the host means nothing to them
     */
    HostView(
            String host,
            Set<String> mentions,
            Iterable<Caller> callers,
            Function<Caller, @Nullable HostContent> content) {
        this.host = host;
        this.mentions = mentions;
        for (Caller caller : callers) {
            HostContent own = content.apply(caller);
            byCaller.put(
                    caller,
                    own == null ? null : variants.computeIfAbsent(own, c -> new Variant(host + caller.suffix(), c)));
        }
    }

    String host() {
        return host;
    }

    Set<String> mentions() {
        return mentions;
    }

    /** What the host is for the caller; null: nothing. */
    @Nullable
    Variant variant(Caller caller) {
        return byCaller.get(caller.among(mentions));
    }

    /** All contents, in the order of the callers. */
    Iterable<Variant> variants() {
        return variants.values();
    }
}
