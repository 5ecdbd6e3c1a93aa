package io.signalbox.loadtest.bench.bed;

import java.util.ArrayList;
import java.util.List;

/**
 * Services that nobody calls, to fill a registry with.
 *
 * @param count how many
 * @param port of all of them
 */
record FillerServices(int count, int port) {
    private static final int ENDPOINTS = 3;
    private static final int PER_NETWORK = 250;

    /** Address of the last one. */
    String lastAddress() {
        return address(count - 1);
    }

    /** All of them; another {@code generation} gives them other endpoints. */
    String yaml(int generation) {
        List<String> documents = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            documents.add(service(i));
            documents.add(endpoints(i, generation));
        }
        return String.join("---\n", documents);
    }

    private static String address(int number) {
        return "127.4." + number / PER_NETWORK + "." + (number % PER_NETWORK + 1);
    }

    private String service(int number) {
        return """
                apiVersion: v1
                kind: Service
                metadata: {name: filler-%1$d, namespace: other}
                spec:
                  clusterIP: %2$s
                  clusterIPs: [%2$s]
                  ports: [{name: http, port: %3$d, targetPort: 8080}]
                """.formatted(number, address(number), port);
    }

    private static String endpoints(int number, int generation) {
        StringBuilder yaml = new StringBuilder("""
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                metadata:
                  name: filler-%1$d-a
                  namespace: other
                  labels: {kubernetes.io/service-name: filler-%1$d}
                addressType: IPv4
                ports: [{name: http, port: 8080}]
                endpoints:
                """.formatted(number));
        for (int i = 0; i < ENDPOINTS; i++) {
            int host = (number * ENDPOINTS + i + generation) % (PER_NETWORK * PER_NETWORK);
            yaml.append("- {addresses: [10.9.%d.%d], conditions: {ready: true}}\n"
                    .formatted(host / PER_NETWORK, host % PER_NETWORK + 1));
        }
        return yaml.toString();
    }
}
