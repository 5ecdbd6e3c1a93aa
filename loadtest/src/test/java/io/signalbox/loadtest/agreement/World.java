package io.signalbox.loadtest.agreement;

import io.signalbox.loadtest.backend.HttpBackend;
import io.signalbox.loadtest.backend.TcpBackend;
import io.signalbox.loadtest.harness.FreePorts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What all generated registries have in common: backends that run, ports, and callers. Services are h0 to h5 (HTTP), d0
 * and d1 (detected protocol) and t0 to t3 (TCP); the even ones are in namespace shop, the others in other.
 */
final class World implements AutoCloseable {
    static final int HTTP_SERVICES = 6;
    static final int DETECTED_SERVICES = 2;
    static final int TCP_SERVICES = 4;

    private static final int HTTP_BACKENDS = 8;
    private static final int TCP_BACKENDS = 4;

    final int httpPort = FreePorts.next();
    final int otherHttpPort = FreePorts.next();
    final int detectedPort = FreePorts.next();
    final int tcpPort = FreePorts.next();
    final int targetPort = FreePorts.next();
    final List<HttpBackend> httpBackends = new ArrayList<>();
    final List<TcpBackend> tcpBackends = new ArrayList<>();
    final List<Caller> callers = List.of(
            new Caller("shop", "127.0.0.1", Map.of("app", "storefront", "tier", "web")),
            new Caller("other", "127.3.0.1", Map.of("app", "probe")),
            new Caller("other", "127.3.0.2", Map.of("app", "auditor", "tier", "batch")));

    /**
     * Who asks.
     *
     * @param address that its connections come from
     */
    record Caller(String namespace, String address, Map<String, String> labels) {}

    World() throws IOException {
        for (int i = 1; i <= HTTP_BACKENDS; i++) {
            httpBackends.add(HttpBackend.start("127.2.0." + i + ":" + targetPort, at("127.2.0." + i)));
        }
        for (int i = 1; i <= TCP_BACKENDS; i++) {
            tcpBackends.add(TcpBackend.starter(TcpBackend.Mode.BANNER)
                    .start("127.2.1." + i + ":" + targetPort, at("127.2.1." + i)));
        }
    }

    private InetSocketAddress at(String address) {
        return new InetSocketAddress(InetAddress.ofLiteral(address), targetPort);
    }

    static String namespace(int service) {
        return service % 2 == 0 ? "shop" : "other";
    }

    static String httpAddress(int service) {
        return "127.1.0." + (service + 1);
    }

    static String detectedAddress(int service) {
        return "127.1.1." + (service + 1);
    }

    static String tcpAddress(int service) {
        return "127.1.2." + (service + 1);
    }

    static String host(String name, int service) {
        return name + service + "." + namespace(service) + ".svc.cluster.local";
    }

    @Override
    public void close() {
        httpBackends.forEach(HttpBackend::close);
        tcpBackends.forEach(TcpBackend::close);
    }
}
