package io.signalbox.configservice.compile.callers;

import io.signalbox.configservice.compile.hosts.Hosts;
import io.signalbox.configservice.registry.Sidecar;
import io.signalbox.configservice.registry.WorkloadSelector;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A Sidecar, as far as it says what its callers see. Each is only equal to itself. */
public final class Scope {
    private final Sidecar sidecar;
    private final String namespace;

    /**
     * The scope of a Sidecar.
     *
     * @param namespace of the callers; empty: every one
     */
    public Scope(Sidecar sidecar, String namespace) {
        this.sidecar = sidecar;
        this.namespace = namespace;
    }

    /** The Sidecar that it comes from. */
    public Sidecar sidecar() {
        return sidecar;
    }

    /** Namespace of the callers; empty: every one. */
    public String namespace() {
        return namespace;
    }

    /** {@code <namespace>/<name>} of the Sidecar. */
    public String name() {
        return sidecar.metadata().namespace() + "/" + sidecar.metadata().name();
    }

    /** Labels of the callers; empty: all. */
    public Map<String, String> labels() {
        WorkloadSelector selector = sidecar.workloadSelector();
        return selector == null ? Map.of() : selector.labels();
    }

    /** Whether its callers see less than everything. */
    public boolean restricts() {
        List<Sidecar.Egress> egress = sidecar.egress();
        return !egress.isEmpty() && !(egress.size() == 1 && isEverything(egress.getFirst()));
    }

    private static boolean isEverything(Sidecar.Egress egress) {
        return egress.port() == 0
                && egress.hosts().stream()
                        .anyMatch(host ->
                                host.namespace().equals("*") && host.host().equals("*"))
                && egress.hosts().stream().noneMatch(host -> host.namespace().startsWith("~"));
    }

    /**
     * Whether a caller sees a service, or an alias, on a port.
     *
     * @param callerNamespace what {@code .} means
     * @param namespace of the service
     * @param host of the service
     */
    public boolean imports(String callerNamespace, String namespace, String host, int port) {
        return imports(callerNamespace, namespace, List.of(host), port, false);
    }

    /** Whether a caller sees a routing rule on a port: one of its hosts overlaps what is imported. */
    public boolean importsRule(String callerNamespace, String namespace, List<String> hosts, int port) {
        return imports(callerNamespace, namespace, hosts, port, true);
    }

    private boolean imports(String caller, String namespace, List<String> hosts, int port, boolean overlap) {
        Sidecar.Egress egress = egress(port);
        if (egress == null) {
            return false;
        }
        boolean imported = false;
        for (Sidecar.HostSelector selector : egress.hosts()) {
            boolean excludes =
                    selector.namespace().length() > 1 && selector.namespace().startsWith("~");
            String wanted = excludes ? selector.namespace().substring(1) : selector.namespace();
            if (fits(wanted, caller, namespace)
                    && hosts.stream()
                            .anyMatch(host -> Hosts.covers(selector.host(), host)
                                    || (overlap && !excludes && Hosts.covers(host, selector.host())))) {
                if (excludes) {
                    return false;
                }
                imported = true;
            }
        }
        return imported;
    }

    private Sidecar.@Nullable Egress egress(int port) {
        Sidecar.Egress general = null;
        for (Sidecar.Egress egress : sidecar.egress()) {
            if (egress.port() == port) {
                return egress;
            }
            if (egress.port() == 0 && general == null) {
                general = egress;
            }
        }
        return general;
    }

    private static boolean fits(String wanted, String caller, String namespace) {
        return switch (wanted) {
            case "*" -> true;
            case "." -> namespace.equals(caller);
            case "~" -> false;
            default -> wanted.equals(namespace);
        };
    }
}
