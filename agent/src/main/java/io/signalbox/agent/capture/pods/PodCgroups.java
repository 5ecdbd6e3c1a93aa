package io.signalbox.agent.capture.pods;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Tells by a process's cgroups of which pod it is. The kubelet and the container runtimes name cgroups like this:
 *
 * <pre>
 * cgroupfs driver     /kubepods/burstable/pod0f6d1a1e-0b7c-4f2e-a0f5-9d6d8c1b3a77/8d1c...
 * systemd driver      /kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod0f6d1a1e_0b7c_...slice/cri-containerd-8d1c....scope
 * guaranteed pods     without burstable or besteffort
 * kubelet's own root  /kubelet/kubepods/..., /kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-burstable.slice/...
 * </pre>
 *
 * In cgroup v1 there is a line like that for each hierarchy, in v2 one for all.
 */
final class PodCgroups {
    /** UIDs, and hashes of static pods; systemd's names have {@code _} where UIDs have {@code -}. */
    private static final Pattern POD = Pattern.compile("(?:.*-)?pod([0-9A-Za-z][0-9A-Za-z_-]*?)(?:\\.slice)?");

    private final List<String> root;

    /** @param root path of the cgroup under which pods are, as in {@code --pods-cgroup}; it may stand anywhere */
    PodCgroups(String root) {
        this.root = components(root);
        if (this.root.isEmpty()) {
            throw new IllegalArgumentException("root: '" + root + "' (expected: a cgroup such as kubepods)");
        }
    }

    /**
     * The UID of the pod.
     *
     * @param cgroups content of {@code /proc/PID/cgroup}
     * @return null when the process is in no pod
     */
    @Nullable
    String uid(String cgroups) {
        for (String line : cgroups.split("\n", -1)) {
            // number:controllers:path
            int controllers = line.indexOf(':');
            int path = controllers < 0 ? -1 : line.indexOf(':', controllers + 1);
            String uid = path < 0 ? null : uidOfPath(components(line.substring(path + 1)));
            if (uid != null) {
                return uid;
            }
        }
        return null;
    }

    private @Nullable String uidOfPath(List<String> path) {
        for (int at = 0; at + root.size() < path.size(); at++) {
            if (isRoot(path.subList(at, at + root.size()))) {
                return path.subList(at + root.size(), path.size()).stream()
                        .map(PodCgroups::uidOfComponent)
                        .filter(uid -> !uid.isEmpty())
                        .findFirst()
                        .orElse(null);
            }
        }
        return null;
    }

    private boolean isRoot(List<String> components) {
        int last = root.size() - 1;
        return components.subList(0, last).equals(root.subList(0, last))
                && isNamed(root.get(last), components.get(last));
    }

    /** With the systemd driver a name ends in .slice and begins with the names of those above it. */
    private static boolean isNamed(String name, String component) {
        return component.equals(name) || component.equals(name + ".slice") || component.endsWith("-" + name + ".slice");
    }

    private static String uidOfComponent(String component) {
        Matcher matcher = POD.matcher(component);
        return matcher.matches() ? matcher.group(1).replace('_', '-') : "";
    }

    private static List<String> components(String path) {
        return Arrays.stream(path.split("/", -1))
                .filter(component -> !component.isEmpty())
                .toList();
    }
}
