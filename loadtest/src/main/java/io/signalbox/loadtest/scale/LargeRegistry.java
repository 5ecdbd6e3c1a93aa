package io.signalbox.loadtest.scale;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A registry of many services, written as files of one hundred services each. Names and addresses follow from a
 * service's number.
 *
 * @param services how many
 * @param endpointsPerService endpoints of each
 * @param rules VirtualServices, and as many DestinationRules; at most one a service
 */
record LargeRegistry(int services, int endpointsPerService, int rules) {
    /** Services in a file. */
    static final int PER_FILE = 100;

    private static final int NAMESPACES = 50;
    private static final List<Integer> PORTS = List.of(80, 8080, 9090, 7070);

    static int port(int service) {
        return PORTS.get(service % PORTS.size());
    }

    static String namespace(int service) {
        return "team-" + service % NAMESPACES;
    }

    static String name(int service) {
        return "service-" + service;
    }

    static String host(int service) {
        return name(service) + "." + namespace(service) + ".svc.cluster.local";
    }

    static String clusterIp(int service) {
        return "10.96." + service / 250 + "." + (service % 250 + 1);
    }

    /** Writes all files. */
    void write(Path directory) throws IOException {
        for (int first = 0; first < services; first += PER_FILE) {
            List<String> documents = new ArrayList<>();
            for (int i = first; i < Math.min(services, first + PER_FILE); i++) {
                documents.add(service(i));
                documents.add(endpoints(i));
                if (i < rules) {
                    documents.add(rule(i, "split"));
                    documents.add(policy(i, ""));
                }
            }
            Files.writeString(directory.resolve("services-" + first + ".yaml"), String.join("---\n", documents));
        }
    }

    static String service(int number) {
        return """
                apiVersion: v1
                kind: Service
                metadata: {name: %s, namespace: %s}
                spec:
                  clusterIP: %s
                  selector: {app: %s}
                  ports:
                  - {name: http, port: %d, targetPort: 8080}
                """.formatted(name(number), namespace(number), clusterIp(number), name(number), port(number));
    }

    /** The endpoints of a service. */
    String endpoints(int number) {
        return endpoints(number, address(number * endpointsPerService));
    }

    private static String address(int endpoint) {
        return "10." + (200 + endpoint / 62_500) + "." + endpoint / 250 % 250 + "." + (endpoint % 250 + 1);
    }

    /**
     * The endpoints of a service.
     *
     * @param first address of the first of them
     */
    String endpoints(int number, String first) {
        StringBuilder yaml = new StringBuilder("""
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                metadata:
                  name: %s-a
                  namespace: %s
                  labels: {kubernetes.io/service-name: %s}
                addressType: IPv4
                ports:
                - {name: http, port: 8080}
                endpoints:
                """.formatted(name(number), namespace(number), name(number)));
        for (int i = 0; i < endpointsPerService; i++) {
            String address = i == 0 ? first : address(number * endpointsPerService + i);
            yaml.append("- {addresses: [" + address + "], conditions: {ready: true}}\n");
        }
        return yaml.toString();
    }

    /**
     * The VirtualService of a service.
     *
     * @param split name of its second route
     */
    static String rule(int number, String split) {
        return """
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: %1$s, namespace: %2$s}
                spec:
                  hosts: [%1$s]
                  http:
                  - name: beta
                    match:
                    - headers: {x-user: {prefix: beta-}}
                      uri: {prefix: /api}
                    route:
                    - destination: {host: %1$s, subset: v2}
                  - name: %3$s
                    route:
                    - {destination: {host: %1$s, subset: v1}, weight: 90}
                    - {destination: {host: %1$s, subset: v2}, weight: 10}
                    timeout: 15s
                """.formatted(name(number), namespace(number), split);
    }

    /**
     * The DestinationRule of a service.
     *
     * @param more lines of its traffic policy
     */
    static String policy(int number, String more) {
        return """
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata: {name: %1$s, namespace: %2$s}
                spec:
                  host: %1$s
                  trafficPolicy:
                    loadBalancer: {simple: ROUND_ROBIN}
                %3$s
                  subsets:
                  - {name: v1}
                  - {name: v2}
                """.formatted(name(number), namespace(number), more);
    }
}
