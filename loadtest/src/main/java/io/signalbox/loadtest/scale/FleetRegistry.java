package io.signalbox.loadtest.scale;

import io.signalbox.loadtest.harness.RegistryFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A large registry with nodes and their pods, and changes of it. What may change stands in files of its own, as one
 * file an object; all the rest in files of a hundred services.
 */
final class FleetRegistry {
    /** Most services whose endpoints move. */
    private static final int MAX_MOVING = 1_000;

    /** Services that come and go. */
    private static final int EXTRA = 50;

    private static final int NODES_PER_FILE = 100;

    private final LargeRegistry registry;
    private final int nodes;
    private final int podsPerNode;
    private final RegistryFiles files;
    private final ChangeLog log;
    private final Random random = new Random(7);

    /**
     * A registry; writes nothing yet.
     *
     * @param files where it is written
     * @param log where changes are noted
     */
    FleetRegistry(LargeRegistry registry, int nodes, int podsPerNode, RegistryFiles files, ChangeLog log) {
        this.registry = registry;
        this.nodes = nodes;
        this.podsPerNode = podsPerNode;
        this.files = files;
        this.log = log;
    }

    static String node(int number) {
        return "node-" + number;
    }

    private int moving() {
        return Math.min(MAX_MOVING, registry.services());
    }

    private int ruled() {
        return Math.min(registry.rules(), moving());
    }

    /** Writes all files. */
    void write() {
        List<String> documents = new ArrayList<>();
        for (int i = 0; i < registry.services(); i++) {
            documents.add(LargeRegistry.service(i));
            if (i < moving()) {
                replace("endpoints-" + i, registry.endpoints(i));
            } else {
                documents.add(registry.endpoints(i));
            }
            if (i < ruled()) {
                replace("rule-" + i, LargeRegistry.rule(i, "split"));
                replace("policy-" + i, LargeRegistry.policy(i, ""));
            } else if (i < registry.rules()) {
                documents.add(LargeRegistry.rule(i, "split"));
                documents.add(LargeRegistry.policy(i, ""));
            }
            if (i % LargeRegistry.PER_FILE == LargeRegistry.PER_FILE - 1 || i == registry.services() - 1) {
                replace("services-" + i / LargeRegistry.PER_FILE, String.join("---\n", documents));
                documents.clear();
            }
        }
        for (int i = 0; i < nodes; i++) {
            documents.add(nodeYaml(i));
            for (int pod = 0; pod < podsPerNode; pod++) {
                documents.add(podYaml(i, pod));
            }
            if (i % NODES_PER_FILE == NODES_PER_FILE - 1 || i == nodes - 1) {
                replace("nodes-" + i / NODES_PER_FILE, String.join("---\n", documents));
                documents.clear();
            }
        }
    }

    /** Moves an endpoint of a service. */
    void changeEndpoints() {
        int service = random.nextInt(moving());
        int change = log.next();
        change("endpoints", service, registry.endpoints(service, ChangeMarks.address(change)));
    }

    /** Changes a VirtualService, a DestinationRule, or replaces a service by another. */
    void changeStructure() {
        int change = log.next();
        switch (ruled() == 0 ? 2 : random.nextInt(3)) {
            case 0 -> {
                int service = random.nextInt(ruled());
                change("rule", service, LargeRegistry.rule(service, "changed-" + change));
            }
            case 1 -> {
                int service = random.nextInt(ruled());
                change("policy", service, LargeRegistry.policy(service, """
                            connectionPool: {tcp: {maxConnections: %d}}
                        """.formatted(
                                ChangeMarks.MARKED_LIMIT + change)));
            }
            default -> change("extra", random.nextInt(EXTRA), extraYaml(change));
        }
    }

    private void change(String kind, int number, String yaml) {
        files.replace(
                file(kind + "-" + number), yaml, () -> log.made(kind, Integer.toString(number), System.nanoTime()));
    }

    private void replace(String name, String yaml) {
        files.replace(file(name), yaml);
    }

    private Path file(String name) {
        return files.directory().resolve(name + ".yaml");
    }

    private static String extraYaml(int change) {
        return """
                apiVersion: v1
                kind: Service
                metadata: {name: extra-%1$d, namespace: %2$s}
                spec:
                  clusterIP: 10.98.%3$d.%4$d
                  selector: {app: extra}
                  ports:
                  - {name: http, port: %5$d, targetPort: 8080}
                """.formatted(
                        change,
                        LargeRegistry.namespace(change),
                        change / 250 % 250,
                        change % 250 + 1,
                        LargeRegistry.port(change));
    }

    private static String nodeYaml(int number) {
        return """
                apiVersion: v1
                kind: Node
                metadata:
                  name: %s
                  labels: {topology.kubernetes.io/region: r1, topology.kubernetes.io/zone: r1-%d}
                """.formatted(node(number), number % 3);
    }

    private static String podYaml(int node, int pod) {
        int address = node * 100 + pod;
        return """
                apiVersion: v1
                kind: Pod
                metadata:
                  name: caller-%1$d-%2$d
                  namespace: %3$s
                  labels: {app: caller}
                spec:
                  nodeName: %4$s
                  serviceAccountName: caller
                  containers: [{name: caller, image: caller}]
                status:
                  phase: Running
                  podIP: 10.%5$d.%6$d.%7$d
                  podIPs: [{ip: 10.%5$d.%6$d.%7$d}]
                """.formatted(
                        node,
                        pod,
                        LargeRegistry.namespace(address),
                        node(node),
                        120 + address / 62_500,
                        address / 250 % 250,
                        address % 250 + 1);
    }
}
