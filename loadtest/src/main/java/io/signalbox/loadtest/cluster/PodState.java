package io.signalbox.loadtest.cluster;

import java.util.Map;

/**
 * A pod as the API shows it.
 *
 * @param namespace of the pod
 * @param name of the pod
 * @param uid that its cgroup bears
 * @param labels of the pod
 * @param node that it runs on
 * @param address of the pod
 * @param subdomain the headless service that gives it a name of its own; empty: none
 * @param condition whether services may use it
 */
record PodState(
        String namespace,
        String name,
        String uid,
        Map<String, String> labels,
        String node,
        String address,
        String subdomain,
        Condition condition) {

    /** Whether services may use a pod. */
    enum Condition {
        NOT_READY,
        READY,
        /** Being deleted; it still serves. */
        TERMINATING
    }

    PodState {
        labels = Map.copyOf(labels);
    }

    PodState with(Condition newCondition) {
        return new PodState(namespace, name, uid, labels, node, address, subdomain, newCondition);
    }

    PodState withUid(String newUid) {
        return new PodState(namespace, name, newUid, labels, node, address, subdomain, condition);
    }

    /** Name of its service account: the same for all pods with that {@code app} label. */
    String serviceAccount() {
        return labels.getOrDefault("app", "default");
    }

    boolean is(Condition wanted) {
        return condition == wanted;
    }
}
