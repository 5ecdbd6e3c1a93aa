package io.signalbox.loadtest.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A directory of Kubernetes YAML for the config service: one file a service with its endpoints and rule, one for the
 * namespaces, one for the pods. A file is replaced in one step, so that a reader never sees half of it.
 */
public final class RegistryFiles {
    private final Path directory;
    private final Path drafts;
    private BiConsumer<Path, String> follower = (_, _) -> {};

    /** Writes to {@code directory}; {@code drafts} is a directory beside it, on the same file system. */
    public RegistryFiles(Path directory, Path drafts) throws IOException {
        this.directory = Files.createDirectories(directory);
        this.drafts = Files.createDirectories(drafts);
    }

    /** Tells of every file with its content, those that there are and those that are written from now on. */
    void follow(BiConsumer<Path, String> told) throws IOException {
        follower = told;
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                told.accept(file, Files.readString(file));
            }
        }
    }

    /** What {@code --registry} of the config service is to be. */
    public Path directory() {
        return directory;
    }

    /** The file of a service. */
    public Path serviceFile(ServiceSpec service) {
        return directory.resolve(service.namespace() + "-" + service.name() + ".yaml");
    }

    /** Writes the service with these endpoint addresses. */
    public void writeService(ServiceSpec service, Collection<InetAddress> endpoints) {
        List<String> documents = new ArrayList<>();
        documents.add(serviceYaml(service));
        Map<String, List<InetAddress>> byFamily = new TreeMap<>();
        for (InetAddress endpoint : endpoints) {
            byFamily.computeIfAbsent(endpoint instanceof Inet6Address ? "IPv6" : "IPv4", f -> new ArrayList<>())
                    .add(endpoint);
        }
        byFamily.forEach((family, addresses) -> documents.add(endpointSliceYaml(service, family, addresses)));
        if (service.balance() == ServiceSpec.Balance.ROUND_ROBIN) {
            documents.add(destinationRuleYaml(service));
        }
        replace(serviceFile(service), String.join("---\n", documents));
    }

    /** Writes the namespaces. */
    public void writeNamespaces(Collection<String> namespaces) {
        replace(
                directory.resolve("namespaces.yaml"),
                namespaces.stream().map(name -> """
                                apiVersion: v1
                                kind: Namespace
                                metadata:
                                  name: %s
                                """.formatted(name)).collect(Collectors.joining("---\n")));
    }

    /** Writes the pods that run on {@code node}: callers, named by their namespace, with their addresses. */
    public void writeCallers(String node, Map<String, String> addressByNamespace) {
        replace(
                directory.resolve("pods.yaml"),
                new TreeMap<>(addressByNamespace)
                        .entrySet().stream()
                                .map(caller -> podYaml(node, caller.getKey(), caller.getValue()))
                                .collect(Collectors.joining("---\n")));
    }

    /** Puts {@code content} in place of {@code file} in one step. */
    public void replace(Path file, String content) {
        replace(file, content, () -> {});
    }

    /**
     * Puts {@code content} in place of {@code file} in one step.
     *
     * @param last run right before that step
     */
    public void replace(Path file, String content, Runnable last) {
        try {
            Path draft = Files.createTempFile(drafts, "draft", null);
            Files.writeString(draft, content);
            last.run();
            Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
            follower.accept(file, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String serviceYaml(ServiceSpec service) {
        return """
                apiVersion: v1
                kind: Service
                metadata:
                  name: %1$s
                  namespace: %2$s
                spec:
                  type: ClusterIP
                  clusterIP: "%3$s"
                  clusterIPs: ["%3$s"]
                  ports:
                    - name: %4$s
                      protocol: TCP
                      port: %5$d
                      targetPort: %6$d
                """.formatted(
                        service.name(),
                        service.namespace(),
                        service.clusterIp(),
                        service.protocol().portName(),
                        service.port(),
                        service.targetPort());
    }

    private static String endpointSliceYaml(ServiceSpec service, String family, List<InetAddress> addresses) {
        String endpoints = addresses.stream()
                .map(address -> "  - addresses: [\"" + address.getHostAddress() + "\"]\n"
                        + "    conditions: { ready: true, serving: true, terminating: false }\n")
                .collect(Collectors.joining());
        return """
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                metadata:
                  name: %1$s-%3$s
                  namespace: %2$s
                  labels:
                    kubernetes.io/service-name: %1$s
                addressType: %4$s
                ports:
                  - name: %5$s
                    protocol: TCP
                    port: %6$d
                endpoints:
                """.formatted(
                                service.name(),
                                service.namespace(),
                                family.equals("IPv4") ? "v4" : "v6",
                                family,
                                service.protocol().portName(),
                                service.targetPort())
                + endpoints;
    }

    private static String destinationRuleYaml(ServiceSpec service) {
        return """
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata:
                  name: %1$s
                  namespace: %2$s
                spec:
                  host: %3$s
                  trafficPolicy:
                    loadBalancer:
                      simple: ROUND_ROBIN
                """.formatted(service.name(), service.namespace(), service.host());
    }

    private static String podYaml(String node, String namespace, String address) {
        return """
                apiVersion: v1
                kind: Pod
                metadata:
                  name: caller
                  namespace: %2$s
                  labels: { app: caller }
                spec:
                  nodeName: %1$s
                  serviceAccountName: caller
                  containers: [{ name: caller, image: "caller" }]
                status:
                  phase: Running
                  podIP: "%3$s"
                  podIPs: [{ ip: "%3$s" }]
                """.formatted(node, namespace, address);
    }
}
