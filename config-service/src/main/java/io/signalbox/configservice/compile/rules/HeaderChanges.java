package io.signalbox.configservice.compile.rules;

import io.signalbox.config.v1.Header;
import io.signalbox.config.v1.HeaderOperations;
import io.signalbox.configservice.registry.Headers;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Changes of the headers of one message, ready for the contract: names in lower case, Host apart.
 *
 * @param host what Host is set to; empty: it is not
 * @param operations all else
 */
public record HeaderChanges(String host, HeaderOperations operations) {
    /** Nothing is changed. */
    public static final HeaderChanges NONE = new HeaderChanges("", HeaderOperations.getDefaultInstance());

    private static final String HOST = "host";
    private static final String AUTHORITY = ":authority";

    /** What an operator declares. */
    public static HeaderChanges of(Headers.Operations declared) {
        if (declared.isEmpty()) {
            return NONE;
        }
        String host = "";
        HeaderOperations.Builder built = HeaderOperations.newBuilder();
        for (boolean add : List.of(true, false)) {
            for (Map.Entry<String, String> entry : (add ? declared.add() : declared.set()).entrySet()) {
                String name = entry.getKey().toLowerCase(Locale.ROOT);
                if (name.equals(HOST) || name.equals(AUTHORITY)) {
                    host = entry.getValue();
                } else if (add) {
                    built.addAdd(header(name, entry.getValue()));
                } else {
                    built.addSet(header(name, entry.getValue()));
                }
            }
        }
        for (String removed : new TreeSet<>(declared.remove())) {
            String name = removed.toLowerCase(Locale.ROOT);
            if (!name.equals(HOST) && !name.startsWith(":")) {
                built.addRemove(name);
            }
        }
        return new HeaderChanges(host, built.build());
    }

    private static Header header(String name, String value) {
        return Header.newBuilder().setName(name).setValue(value).build();
    }

    /** Whether anything but Host is changed. */
    public boolean hasOperations() {
        return operations.getSerializedSize() > 0;
    }

    /** As operations that set Host too. */
    HeaderOperations withHost() {
        return host.isEmpty()
                ? operations
                : operations.toBuilder().addSet(header(HOST, host)).build();
    }

    /**
     * A rule's changes with those of its only destination: all removals, then what the rule sets and adds, then what
     * the destination does. The rule's Host wins.
     */
    public static HeaderChanges folded(HeaderChanges rule, HeaderChanges destination) {
        if (!destination.hasOperations() && destination.host.isEmpty()) {
            return rule;
        }
        HeaderOperations outer = rule.operations;
        HeaderOperations inner = destination.operations;
        Map<String, Header> set = new TreeMap<>();
        List<Header> add = new ArrayList<>();
        outer.getSetList().forEach(header -> set.put(header.getName(), header));
        TreeSet<String> reset = new TreeSet<>();
        inner.getSetList().forEach(header -> reset.add(header.getName()));
        outer.getAddList().stream()
                .filter(header -> !reset.contains(header.getName()))
                .forEach(add::add);
        inner.getSetList().forEach(header -> set.put(header.getName(), header));
        add.addAll(inner.getAddList());
        TreeSet<String> remove = new TreeSet<>(outer.getRemoveList());
        remove.addAll(inner.getRemoveList());
        return new HeaderChanges(
                rule.host.isEmpty() ? destination.host : rule.host,
                HeaderOperations.newBuilder()
                        .addAllSet(set.values())
                        .addAllAdd(add)
                        .addAllRemove(remove)
                        .build());
    }
}
