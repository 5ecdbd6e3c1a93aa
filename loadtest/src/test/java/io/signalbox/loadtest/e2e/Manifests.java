package io.signalbox.loadtest.e2e;

import java.util.List;
import java.util.stream.Collectors;

/** Kubernetes objects as YAML, where a test cares for little of what stands in them. */
final class Manifests {
    private Manifests() {}

    /** Joins documents. */
    static String all(String... documents) {
        return String.join("---\n", documents);
    }

    /** A service with one port. */
    static String service(String namespace, String name, String clusterIp, String portName, int port) {
        return """
                apiVersion: v1
                kind: Service
                metadata: {name: %s, namespace: %s}
                spec:
                  clusterIP: "%s"
                  selector: {app: %s}
                  ports:
                  - {name: %s, port: %d}
                """.formatted(name, namespace, clusterIp, name, portName, port);
    }

    /** Endpoints of a service with their pods: each {@code ADDRESS VERSION}, the version being a label of the pod. */
    static String endpoints(String namespace, String name, String portName, int port, String... addressesAndVersions) {
        List<String[]> each = List.of(addressesAndVersions).stream()
                .map(text -> text.split(" ", 2))
                .toList();
        String family = addressesAndVersions[0].contains(":") ? "IPv6" : "IPv4";
        String items = each.stream()
                .map(one -> """
                - {addresses: ["%1$s"], conditions: {ready: true}, targetRef: {kind: Pod, namespace: %2$s, name: "%3$s"}}
                """.formatted(one[0], namespace, podName(name, one[0])))
                .collect(Collectors.joining());
        String pods = each.stream()
                .map(one -> """
                ---
                apiVersion: v1
                kind: Pod
                metadata: {name: "%1$s", namespace: %2$s, labels: {app: %3$s, version: %4$s}}
                spec: {nodeName: elsewhere}
                status: {phase: Running, podIP: "%5$s"}
                """.formatted(podName(name, one[0]), namespace, name, one[1], one[0]))
                .collect(Collectors.joining());
        return """
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                metadata: {name: %1$s-%2$s, namespace: %3$s, labels: {kubernetes.io/service-name: %1$s}}
                addressType: %4$s
                ports:
                - {name: %5$s, port: %6$d}
                endpoints:
                """.formatted(name, family.toLowerCase(java.util.Locale.ROOT), namespace, family, portName, port)
                + items
                + pods;
    }

    private static String podName(String service, String address) {
        return service + "-" + address.replace('.', '-').replace(':', '-');
    }
}
