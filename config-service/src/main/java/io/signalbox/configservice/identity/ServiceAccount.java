package io.signalbox.configservice.identity;

/** A service account. */
public record ServiceAccount(String namespace, String name) {
    /** Its name as a user of the cluster. */
    String username() {
        return "system:serviceaccount:" + namespace + ":" + name;
    }

    /** {@code namespace/name}. */
    @Override
    public String toString() {
        return namespace + "/" + name;
    }
}
