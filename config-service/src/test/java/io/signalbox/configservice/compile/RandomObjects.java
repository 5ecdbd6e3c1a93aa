package io.signalbox.configservice.compile;

import io.signalbox.configservice.registry.Declared;
import io.signalbox.configservice.testkit.Declarations;
import io.signalbox.configservice.validate.Validated;
import io.signalbox.configservice.validate.Validator;
import java.util.List;
import java.util.Random;

/**
 * Objects made by chance out of few names, hosts, addresses and ports, so that they have much to do with each other:
 * rules for one host, hosts with a common short name or address, aliases, wildcards, delegates, routes of the Gateway
 * API.
 */
final class RandomObjects {
    private static final List<String> NAMESPACES = List.of("a", "b", "istio-system");
    private static final List<String> NAMES = List.of("web", "api", "db");
    private static final List<String> HOSTS = List.of(
            "web",
            "api",
            "web.a",
            "db.a.svc.cluster.local",
            "web.b.svc.cluster.local",
            "other.a.svc.cluster.local",
            "*.a.svc.cluster.local",
            "*.example",
            "x.example",
            "y.example",
            "web.example.",
            "10.0.0.1",
            "*");
    private static final List<String> ADDRESSES = List.of("10.0.0.1", "10.0.0.2", "10.0.0.3", "None");
    private static final List<String> PORTS = List.of(
            "{name: http, port: 80}",
            "{name: http-8, port: 8080}",
            "{name: grpc, port: 8080}",
            "{name: tcp, port: 80}",
            "{name: tcp-5, port: 5432}",
            "{name: tls, port: 443}",
            "{name: plain, port: 8080}",
            "{name: plain-5, port: 5432}");

    private final Random random;
    private final Validator validator = new Validator();

    RandomObjects(Random random) {
        this.random = random;
    }

    /** The next one; of most kinds often, of those that touch everything seldom. */
    Declared next() {
        while (true) {
            Declared object = Declarations.objects(yaml()).getFirst();
            if (validator.validate(object.object()) instanceof Validated.Accepted) {
                return object;
            }
        }
    }

    private String yaml() {
        int choice = random.nextInt(100);
        if (choice < 25) {
            return service();
        }
        if (choice < 45) {
            return virtualService();
        }
        if (choice < 60) {
            return destinationRule();
        }
        if (choice < 70) {
            return serviceEntry();
        }
        if (choice < 83) {
            return slice();
        }
        if (choice < 90) {
            return pod();
        }
        if (choice < 98) {
            return switch (random.nextInt(4)) {
                case 0 -> node();
                case 1 -> workloadEntry();
                case 2 -> random.nextInt(2) == 0 ? route("TCPRoute") : referenceGrant();
                default -> random.nextInt(3) == 0 ? route("GRPCRoute") : route("HTTPRoute");
            };
        }
        return sidecar();
    }

    private String slice() {
        String address = "10.1.0." + number();
        String namespace = one(NAMESPACES);
        return Declarations.slice(namespace, one(NAMES), one(List.of("http", "tcp", "tcp-5", "plain")), 8080, address)
                .replace(
                        "['" + address + "']",
                        "['" + address + "']"
                                + one(List.of(
                                        "",
                                        ", nodeName: node-" + random.nextInt(3),
                                        ", targetRef: {kind: Pod, name: p" + random.nextInt(3) + ", namespace: "
                                                + namespace + "}")));
    }

    private String service() {
        String kind = random.nextInt(6) == 0
                ? "type: ExternalName, externalName: "
                        + one(List.of("x.example", "web.a.svc.cluster.local", "api.b.svc.cluster.local"))
                : "clusterIP: '" + one(ADDRESSES) + "', ports: [" + one(PORTS) + "]"
                        + (random.nextInt(3) == 0 ? ", selector: {app: " + one(NAMES) + "}" : "");
        return """
                apiVersion: v1
                kind: Service
                metadata: {name: %s, namespace: %s, creationTimestamp: '2026-01-0%dT00:00:00Z'%s}
                spec: {%s}
                """.formatted(
                        one(List.of("web", "api", "db", "other")),
                        one(NAMESPACES),
                        1 + random.nextInt(3),
                        random.nextInt(4) == 0 ? ", annotations: {networking.istio.io/exportTo: '.'}" : "",
                        kind);
    }

    private String destination() {
        return "{destination: {host: %s%s%s}}"
                .formatted(
                        one(List.of(
                                "web",
                                "api",
                                "db.a.svc.cluster.local",
                                "web.b.svc.cluster.local",
                                "x.example",
                                "other")),
                        random.nextInt(3) == 0 ? ", subset: v" + (1 + random.nextInt(2)) : "",
                        random.nextInt(4) == 0 ? ", port: {number: 8080}" : "");
    }

    private String virtualService() {
        String namespace = one(NAMESPACES);
        String name = one(List.of("r1", "r2", "r3"));
        if (random.nextInt(8) == 0) {
            return rules(
                    namespace,
                    "delegate",
                    "",
                    "http: [{match: [{uri: {prefix: /d}}], route: [" + destination() + "]}]");
        }
        String hosts =
                "hosts: ['" + one(HOSTS) + "'" + (random.nextInt(3) == 0 ? ", '" + one(HOSTS) + "'" : "") + "], ";
        if (random.nextInt(4) == 0) {
            hosts += "exportTo: ['.'], ";
        }
        return rules(
                namespace,
                name,
                hosts,
                switch (random.nextInt(6)) {
                    case 0 ->
                        "http: [{name: d, delegate: {name: delegate, namespace: a}}, {route: [" + destination() + "]}]";
                    case 1 -> "tcp: [{route: [" + destination() + "]}]";
                    case 2 -> "http: [{match: [{sourceLabels: {app: web}}], route: [" + destination() + "]}]";
                    case 3 ->
                        "http: [{match: [{sourceNamespace: b}], route: [" + destination() + "]}, {route: ["
                                + destination() + "], mirrors: [" + destination() + "]}]";
                    default ->
                        "http: [{match: [{uri: {prefix: /p}}], route: [" + destination() + "]}, {route: ["
                                + destination() + "]}]";
                });
    }

    private static String rules(String namespace, String name, String hosts, String rest) {
        return """
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: %s, namespace: %s}
                spec: {%s%s}
                """.formatted(name, namespace, hosts, rest);
    }

    private String destinationRule() {
        return """
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata: {name: %s, namespace: %s}
                spec: {host: '%s', %s}
                """.formatted(
                one(List.of("p1", "p2", "p3")),
                one(NAMESPACES),
                one(List.of("web", "api", "db.a.svc.cluster.local", "*.a.svc.cluster.local", "x.example", "*.example")),
                one(List.of(
                        "subsets: [{name: v1, labels: {version: v1}}]",
                        "subsets: [{name: v2}], exportTo: ['.']",
                        "trafficPolicy: {loadBalancer: {simple: RANDOM}}",
                        "trafficPolicy: {outlierDetection: {}}, workloadSelector: {matchLabels: {app: web}}")));
    }

    private String serviceEntry() {
        return """
                apiVersion: networking.istio.io/v1
                kind: ServiceEntry
                metadata: {name: %s, namespace: %s}
                spec:
                  hosts: ['%s'%s]
                  %s
                  ports: [%s]
                """.formatted(
                        one(List.of("e1", "e2")),
                        one(NAMESPACES),
                        one(List.of("x.example", "y.example", "web.a", "web")),
                        random.nextInt(3) == 0 ? ", z.example" : "",
                        one(List.of(
                                        "resolution: DNS",
                                        "resolution: STATIC, addresses: [10.0.0.1]",
                                        "resolution: DNS, addresses: [10.0.0.4]",
                                        "resolution: NONE, addresses: [10.0.0.0/24]",
                                        "resolution: STATIC",
                                        "resolution: STATIC, workloadSelector: {labels: {app: web}}"))
                                .replace(", ", "\n  "),
                        one(List.of(
                                "{number: 80, name: http, protocol: HTTP}",
                                "{number: 8080, name: http, protocol: HTTP}",
                                "{number: 443, name: tls, protocol: TLS}",
                                "{number: 5432, name: tcp, protocol: TCP}",
                                "{number: 8080, name: mongo, protocol: MONGO}")));
    }

    private String pod() {
        return """
                apiVersion: v1
                kind: Pod
                metadata: {name: p%d, namespace: %s, labels: {app: %s, version: v%d}}
                spec: {nodeName: node-%d, containers: [{name: app, image: app}]}
                status: {phase: Running, podIP: 10.1.0.%d}
                """.formatted(
                random.nextInt(3), one(NAMESPACES), one(NAMES), 1 + random.nextInt(2), random.nextInt(3), number());
    }

    private String node() {
        return """
                apiVersion: v1
                kind: Node
                metadata: {name: node-%d, labels: {topology.kubernetes.io/zone: z%d}}
                """.formatted(random.nextInt(3), random.nextInt(3));
    }

    private String workloadEntry() {
        return """
                apiVersion: networking.istio.io/v1
                kind: WorkloadEntry
                metadata: {name: w%d, namespace: %s}
                spec: {address: 10.3.0.%d, labels: {app: %s}}
                """.formatted(random.nextInt(2), one(NAMESPACES), number(), one(NAMES));
    }

    private String referenceGrant() {
        return """
                apiVersion: gateway.networking.k8s.io/v1beta1
                kind: ReferenceGrant
                metadata: {name: grant, namespace: %s}
                spec:
                  from: [{group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: %s}]
                  to: [{group: '', kind: Service}]
                """.formatted(one(NAMESPACES), one(NAMESPACES));
    }

    private String route(String kind) {
        return """
                apiVersion: gateway.networking.k8s.io/%s
                kind: %s
                metadata: {name: %s, namespace: %s}
                spec:
                  parentRefs: [{group: '', kind: Service, name: %s%s}]
                  rules: [{backendRefs: [{name: %s, port: %d%s}]}]
                """.formatted(
                        kind.equals("TCPRoute") ? "v1alpha2" : "v1",
                        kind,
                        one(List.of("g1", "g2")),
                        one(NAMESPACES),
                        one(NAMES),
                        random.nextInt(3) == 0 ? ", namespace: a" : "",
                        one(NAMES),
                        one(List.of(80, 5432)),
                        random.nextInt(3) == 0 ? ", namespace: b" : "");
    }

    private String sidecar() {
        return """
                apiVersion: networking.istio.io/v1
                kind: Sidecar
                metadata: {name: default, namespace: %s}
                spec: {egress: [{hosts: ['%s']}]}
                """.formatted(one(NAMESPACES), one(List.of("./*", "*/*", "a/*")));
    }

    private int number() {
        return 1 + random.nextInt(9);
    }

    private <T> T one(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }
}
