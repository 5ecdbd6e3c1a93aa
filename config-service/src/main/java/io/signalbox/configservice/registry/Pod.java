package io.signalbox.configservice.registry;

import java.util.List;

/**
 * A Kubernetes Pod, as far as routing depends on who asks.
 *
 * @param addresses ordered, each once; empty before it has one
 * @param serviceAccount {@code default} when not declared
 * @param nodeName where it runs; empty before it is scheduled
 * @param phase where it is in its life
 * @param ready whether it wants traffic; without a condition that says so: whether it runs
 * @param capture what it says of the capture of what it sends
 */
public record Pod(
        ObjectMeta metadata,
        List<IpAddress> addresses,
        String serviceAccount,
        String nodeName,
        Phase phase,
        boolean ready,
        Capture capture)
        implements RegistryObject {
    /** Kubernetes' kind. */
    public static final String KIND = "Pod";

    public Pod {
        addresses = addresses.stream().distinct().sorted().toList();
    }

    /** Where a pod is in its life. */
    public enum Phase {
        PENDING,
        RUNNING,
        SUCCEEDED,
        FAILED,
        UNKNOWN;

        /** Whether it has ended, so that its address may be another pod's by now. */
        public boolean isFinal() {
            return this == SUCCEEDED || this == FAILED;
        }
    }
}
