package io.signalbox.loadtest.aot;

import io.signalbox.loadtest.backend.GrpcBackend;
import io.signalbox.loadtest.backend.HttpBackend;
import io.signalbox.loadtest.backend.TcpBackend;
import io.signalbox.loadtest.harness.EchoClient;
import io.signalbox.loadtest.harness.GrpcTraffic;
import io.signalbox.loadtest.harness.HttpTraffic;
import io.signalbox.loadtest.harness.Mesh;
import io.signalbox.loadtest.harness.MeshService;
import io.signalbox.loadtest.harness.ServiceSpec;
import io.signalbox.loadtest.harness.ServiceSpec.PortProtocol;
import io.signalbox.loadtest.harness.Tally;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Traffic of every protocol through one agent, while endpoints and rules change. */
final class Training {
    private static final int REPLICAS = 3;
    private static final int HTTP_CONNECTIONS = 4;
    private static final int GRPC_CONCURRENCY = 16;
    private static final int REQUESTS_PER_PHASE = 3_000;
    private static final int TCP_CONNECTIONS = 100;
    private static final String HTTP_PATH = "/source?bytes=300";

    private final Mesh mesh;
    private final MeshService<HttpBackend> catalog;
    private final MeshService<GrpcBackend> orders;
    private final MeshService<TcpBackend> ledger;

    private Training(
            Mesh mesh,
            MeshService<HttpBackend> catalog,
            MeshService<GrpcBackend> orders,
            MeshService<TcpBackend> ledger) {
        this.mesh = mesh;
        this.catalog = catalog;
        this.orders = orders;
        this.ledger = ledger;
    }

    /** Adds what it needs to the mesh, which is not started yet. */
    static Training prepare(Mesh mesh) throws IOException {
        return new Training(
                mesh,
                mesh.add(ServiceSpec.of("catalog", PortProtocol.HTTP), HttpBackend::start, REPLICAS),
                mesh.add(ServiceSpec.of("orders", PortProtocol.GRPC).roundRobin(), GrpcBackend::start, REPLICAS),
                mesh.add(
                        ServiceSpec.of("ledger", PortProtocol.TCP),
                        TcpBackend.starter(TcpBackend.Mode.BANNER),
                        REPLICAS));
    }

    /** Sends it all; returns when it is answered. */
    void run() throws IOException {
        Tally http;
        Tally grpc;
        try (EchoClient client = EchoClient.of(orders);
                HttpTraffic requests = HttpTraffic.start(catalog, HTTP_PATH, HTTP_CONNECTIONS);
                GrpcTraffic calls = GrpcTraffic.start(client, GRPC_CONCURRENCY)) {
            http = requests.tally();
            grpc = calls.tally();
            await(http, grpc);
            catalog.add();
            orders.add();
            writeRules();
            await(http, grpc);
            catalog.remove(catalog.backends().getFirst());
            orders.remove(orders.backends().getFirst());
            ledger.add();
            sendTcp();
            await(http, grpc);
            ask();
        }
        if (http.failed() + grpc.failed() > 0) {
            throw new IOException("training: requests failed (expected: none): " + http.failures() + grpc.failures());
        }
    }

    private static void await(Tally http, Tally grpc) {
        http.awaitMore(REQUESTS_PER_PHASE);
        grpc.awaitMore(REQUESTS_PER_PHASE);
    }

    /** Rules with every common kind of condition, so that their reading, compiling and matching is trained too. */
    private void writeRules() {
        mesh.registry().replace(mesh.registry().directory().resolve("rules.yaml"), """
                        apiVersion: networking.istio.io/v1
                        kind: VirtualService
                        metadata: { name: catalog, namespace: shop }
                        spec:
                          hosts: [catalog.shop.svc.cluster.local]
                          http:
                            - name: exact
                              match: [{ uri: { exact: /exact }, headers: { x-canary: { exact: "yes" } } }]
                              route: [{ destination: { host: catalog.shop.svc.cluster.local } }]
                            - name: pattern
                              match: [{ uri: { regex: "/v[0-9]+/.*" } }]
                              route: [{ destination: { host: catalog.shop.svc.cluster.local } }]
                            - name: prefix
                              match: [{ uri: { prefix: /source } }]
                              timeout: 10s
                              headers: { request: { set: { x-trained: "1" } } }
                              route: [{ destination: { host: catalog.shop.svc.cluster.local } }]
                            - name: rest
                              route: [{ destination: { host: catalog.shop.svc.cluster.local } }]
                        ---
                        apiVersion: networking.istio.io/v1
                        kind: DestinationRule
                        metadata: { name: catalog, namespace: shop }
                        spec:
                          host: catalog.shop.svc.cluster.local
                          trafficPolicy:
                            loadBalancer: { simple: LEAST_REQUEST }
                            outlierDetection: { consecutive5xxErrors: 100 }
                        """);
    }

    private void sendTcp() throws IOException {
        for (int i = 0; i < TCP_CONNECTIONS; i++) {
            try (Socket socket =
                    new Socket(ledger.address().getAddress(), ledger.address().getPort())) {
                socket.getOutputStream().write("debit 10\n".getBytes(StandardCharsets.UTF_8));
                socket.shutdownOutput();
                socket.getInputStream().readAllBytes();
            }
        }
    }

    /** What operators and Prometheus ask. */
    private void ask() {
        for (String path : List.of("/ready", "/live", "/metrics", "/snapshot", "/endpoints")) {
            mesh.agent().admin().isOk(path);
        }
        for (String path : List.of("/health/ready", "/health/live", "/metrics", "/v1/services", "/v1/agents")) {
            mesh.configService().rest().isOk(path);
        }
    }
}
