package io.signalbox.configservice;

import io.signalbox.configservice.source.manifest.ManifestReader;
import io.signalbox.configservice.source.manifest.ResourceKind;
import io.signalbox.configservice.status.LeaseTerms;
import io.signalbox.configservice.tls.kubernetes.SelfSignedSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Something that this program asks the API server for. Operators grant {@link #ALL}, no less and no more: the manifests
 * are compared with it.
 *
 * @param inOwnNamespace whether it is needed in the namespace of the program's pod alone
 * @param group API group; empty: the core group
 * @param resource such as {@code pods} or {@code httproutes/status}
 * @param name of the one object that it is about; empty: any
 * @param verbs such as {@code list}
 */
public record Permission(boolean inOwnNamespace, String group, String resource, String name, Set<String> verbs) {
    /** All that is asked for in Kubernetes mode, with every option. */
    public static final List<Permission> ALL = all();

    public Permission {
        verbs = Set.copyOf(verbs);
    }

    private static List<Permission> all() {
        List<Permission> all = new ArrayList<>();
        for (ResourceKind kind : ManifestReader.kinds()) {
            // Single objects to tell what became of them: conditions of routes, events of what was refused.
            all.add(new Permission(false, kind.group(), kind.plural(), "", Set.of("get", "list", "watch")));
        }
        for (String route : List.of("grpcroutes", "httproutes", "tcproutes", "tlsroutes")) {
            all.add(new Permission(false, "gateway.networking.k8s.io", route + "/status", "", Set.of("patch")));
        }
        all.add(new Permission(false, "events.k8s.io", "events", "", Set.of("create")));
        all.add(new Permission(true, "coordination.k8s.io", "leases", LeaseTerms.NAME, Set.of("get")));
        // That one, and each replica's own, whose name nobody knows before it starts.
        all.add(new Permission(true, "coordination.k8s.io", "leases", "", Set.of("create", "delete", "list", "patch")));
        all.add(new Permission(false, "authentication.k8s.io", "tokenreviews", "", Set.of("create")));
        all.add(new Permission(true, "", "secrets", SelfSignedSource.SECRET, Set.of("get", "update")));
        // Names are not known yet when the right to create is asked for.
        all.add(new Permission(true, "", "secrets", "", Set.of("create")));
        all.add(new Permission(true, "", "configmaps", SelfSignedSource.CONFIG_MAP, Set.of("get", "update")));
        all.add(new Permission(true, "", "configmaps", "", Set.of("create")));
        return List.copyOf(all);
    }
}
