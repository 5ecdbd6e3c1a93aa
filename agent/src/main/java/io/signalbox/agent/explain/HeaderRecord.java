package io.signalbox.agent.explain;

import io.signalbox.agent.policy.HeaderFields;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Notes what is done to headers. */
final class HeaderRecord implements HeaderFields {
    /** Added or set. */
    final Map<String, String> written = new LinkedHashMap<>();

    final List<String> removed = new ArrayList<>();

    @Override
    public void remove(String name) {
        written.remove(name);
        if (!removed.contains(name)) {
            removed.add(name);
        }
    }

    @Override
    public void set(String name, String value) {
        written.put(name, value);
    }

    @Override
    public void add(String name, String value) {
        written.merge(name, value, (before, more) -> before + "," + more);
    }
}
