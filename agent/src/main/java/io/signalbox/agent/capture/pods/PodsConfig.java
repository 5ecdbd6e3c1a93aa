package io.signalbox.agent.capture.pods;

import io.signalbox.agent.capture.rules.FailureMode;
import io.signalbox.agent.capture.rules.PortRange;
import io.signalbox.agent.model.Cidr;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How pods are captured.
 *
 * @param cgroup under which the node's pods are, such as {@code kubepods}
 * @param firstPort in pods' network namespaces: the first of a few that are tried
 * @param socketMark SO_MARK of the agent's own connections; above 0
 * @param failureMode where neither pod nor namespace say another
 * @param excludedPorts of destinations
 * @param excludedAddresses of destinations
 * @param cniDirectory where the CNI plugin leaves its requests; null: there is none
 */
public record PodsConfig(
        String cgroup,
        int firstPort,
        int socketMark,
        FailureMode failureMode,
        List<PortRange> excludedPorts,
        List<Cidr> excludedAddresses,
        @Nullable Path cniDirectory) {
    /** Greatest first port: a few must follow. */
    public static final int MAX_FIRST_PORT = 65_520;

    public PodsConfig {
        excludedPorts = List.copyOf(excludedPorts);
        excludedAddresses = List.copyOf(excludedAddresses);
    }

    /** The path of a cgroup; throws when it names none. */
    public static String checkedCgroup(String path) {
        if (path.replace("/", "").isBlank()) {
            throw new IllegalArgumentException("'" + path + "' (expected: a cgroup such as kubepods)");
        }
        return path;
    }
}
