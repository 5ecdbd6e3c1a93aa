package io.signalbox.loadtest.k6;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.signalbox.loadtest.backend.GrpcBackend;
import io.signalbox.loadtest.backend.HttpBackend;
import io.signalbox.loadtest.harness.Mesh;
import io.signalbox.loadtest.harness.MeshService;
import io.signalbox.loadtest.harness.ServiceSpec;
import io.signalbox.loadtest.harness.ServiceSpec.PortProtocol;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The system that the scripts load: {@code catalog} (HTTP) and {@code orders} (gRPC), each with a canary, and the rules
 * of {@link K6Rules}. All are balanced by round robin, which promises that counts are even; least request promises that
 * the least busy is asked.
 */
final class K6World implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Mesh mesh;
    private final MeshService<HttpBackend> catalog;
    private final MeshService<GrpcBackend> orders;
    private final Map<String, MeshService<?>> services = new LinkedHashMap<>();

    private K6World(Mesh mesh, int replicas) throws IOException {
        this.mesh = mesh;
        catalog = mesh.add(ServiceSpec.of("catalog", PortProtocol.HTTP).roundRobin(), HttpBackend::start, replicas);
        orders = mesh.add(ServiceSpec.of("orders", PortProtocol.GRPC).roundRobin(), GrpcBackend::start, replicas);
        services.put("catalog", catalog);
        services.put("orders", orders);
        // A destination without port means the port that was dialled.
        services.put(
                "canary",
                mesh.add(
                        ServiceSpec.of("canary", PortProtocol.HTTP)
                                .roundRobin()
                                .withPort(catalog.spec().port()),
                        HttpBackend::start,
                        2));
        services.put(
                "orders-canary",
                mesh.add(
                        ServiceSpec.of("orders-canary", PortProtocol.GRPC)
                                .roundRobin()
                                .withPort(orders.spec().port()),
                        GrpcBackend::start,
                        2));
        writeRules(K6Rules.CANARY_PERCENT);
    }

    /** Starts everything, with its files in {@code directory}; {@code replicas} endpoints of the main services. */
    static K6World start(Path directory, int replicas) throws IOException {
        Mesh mesh = Mesh.create(directory);
        try {
            K6World world = new K6World(mesh, replicas);
            mesh.start();
            return world;
        } catch (IOException | RuntimeException e) {
            mesh.close();
            throw e;
        }
    }

    Mesh mesh() {
        return mesh;
    }

    MeshService<HttpBackend> catalog() {
        return catalog;
    }

    MeshService<GrpcBackend> orders() {
        return orders;
    }

    /** Writes the rules with that share of the split routes for the canaries. */
    void writeRules(int canaryPercent) {
        mesh.registry().replace(mesh.registry().directory().resolve("rules.yaml"), K6Rules.yaml(canaryPercent));
    }

    /** Names of the endpoints by service. */
    Map<String, List<String>> endpoints() {
        Map<String, List<String>> names = new LinkedHashMap<>();
        services.forEach((name, service) -> names.put(name, service.backendNames()));
        return names;
    }

    /**
     * Writes what the scripts must know.
     *
     * @param laterEndpoints of the main services that may come during the run
     */
    Path writeTopology(Path file, int laterEndpoints) throws IOException {
        ObjectNode root = JSON.createObjectNode();
        ObjectNode all = root.putObject("services");
        services.forEach((name, service) -> {
            List<String> names = service == catalog || service == orders
                    ? IntStream.rangeClosed(1, service.backends().size() + laterEndpoints)
                            .mapToObj(number -> name + "-" + number)
                            .toList()
                    : service.backendNames();
            all.putObject(name)
                    .put("host", service.spec().host())
                    .put("address", service.spec().clusterIp())
                    .put("port", service.spec().port())
                    .set("endpoints", JSON.valueToTree(names));
        });
        root.set("routes", K6Rules.routes());
        return Files.writeString(file, root.toPrettyString() + "\n");
    }

    @Override
    public void close() {
        mesh.close();
    }
}
