package io.signalbox.agent.policy;

/** The header fields of a message that are being changed. Names are lower-case. */
public interface HeaderFields {
    /** Takes all fields of a name away. */
    void remove(String name);

    /** Puts one field in the place of all that bear its name. */
    void set(String name, String value);

    /** Appends a field. */
    void add(String name, String value);
}
