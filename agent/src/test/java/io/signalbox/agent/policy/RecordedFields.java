package io.signalbox.agent.policy;

import java.util.ArrayList;
import java.util.List;

/** Header fields as lines. */
final class RecordedFields implements HeaderFields {
    private final List<String> lines = new ArrayList<>();

    RecordedFields(String... lines) {
        this.lines.addAll(List.of(lines));
    }

    List<String> lines() {
        return lines;
    }

    @Override
    public void remove(String name) {
        lines.removeIf(line -> line.startsWith(name + ": "));
    }

    @Override
    public void set(String name, String value) {
        remove(name);
        add(name, value);
    }

    @Override
    public void add(String name, String value) {
        lines.add(name + ": " + value);
    }
}
