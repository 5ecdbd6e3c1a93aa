package io.signalbox.configservice.testkit;

import io.signalbox.configservice.registry.Declared;
import io.signalbox.configservice.registry.Registry;
import io.signalbox.configservice.registry.RegistryObject;
import io.signalbox.configservice.registry.Revision;
import io.signalbox.configservice.source.Declaration;
import io.signalbox.configservice.source.SourceUnit;
import io.signalbox.configservice.source.manifest.ManifestReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Registries from YAML, so that a test shows what an operator would write. */
public final class Declarations {
    private Declarations() {}

    /** The registry with the objects of these YAML texts, which must all be sound. */
    public static Registry registry(String... yaml) {
        return registry(objects(yaml));
    }

    /** The registry with these objects. */
    public static Registry registry(List<Declared> objects) {
        return new Registry(new Revision(1), objects);
    }

    /** The objects of these YAML texts, which must all be sound. */
    public static List<Declared> objects(String... yaml) {
        List<Declared> objects = new ArrayList<>();
        for (int i = 0; i < yaml.length; i++) {
            SourceUnit unit = new ManifestReader(1 << 20).read("test-" + i + ".yaml", yaml[i]);
            if (!unit.problems().isEmpty()) {
                throw new AssertionError(unit.problems());
            }
            for (Declaration declaration : unit.declarations()) {
                switch (declaration) {
                    case Declaration.Parsed parsed -> objects.add(parsed.declared());
                    case Declaration.Malformed malformed -> throw new AssertionError(malformed.problems());
                }
            }
        }
        return objects;
    }

    /** The only object of a YAML text. */
    public static RegistryObject object(String yaml) {
        return objects(yaml).getFirst().object();
    }

    /** A service with one port and one address. */
    public static String service(String namespace, String name, String ip, String portName, int port) {
        return """
                apiVersion: v1
                kind: Service
                metadata: {name: %s, namespace: %s}
                spec:
                  clusterIP: %s
                  ports:
                  - {name: '%s', port: %d}
                """.formatted(name, namespace, quoted(ip), portName, port);
    }

    /** A slice of that service: ready endpoints at these addresses. */
    public static String slice(String namespace, String service, String portName, int port, String... addresses) {
        StringBuilder endpoints = new StringBuilder();
        Arrays.stream(addresses)
                .forEach(address -> endpoints
                        .append("- {addresses: [")
                        .append(quoted(address))
                        .append("]}\n"));
        return """
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                metadata: {name: %s-a1, namespace: %s, labels: {kubernetes.io/service-name: %s}}
                addressType: %s
                ports:
                - {name: '%s', port: %d}
                endpoints:
                %s""".formatted(
                        service,
                        namespace,
                        service,
                        addresses.length > 0 && addresses[0].contains(":") ? "IPv6" : "IPv4",
                        portName,
                        port,
                        addresses.length == 0 ? "  []\n" : endpoints);
    }

    private static String quoted(String text) {
        return "'" + text + "'";
    }
}
