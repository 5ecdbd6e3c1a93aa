package io.signalbox.loadtest.agreement;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;

/** Makes registries: the same seed gives the same one. */
final class RegistryGenerator {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final World world;
    private final Random random;
    private final List<ObjectNode> documents = new ArrayList<>();

    private RegistryGenerator(World world, Random random) {
        this.world = world;
        this.random = random;
    }

    /** A registry as YAML; {@code marker} names a service that only it has. */
    static String generate(World world, Random random, String marker) {
        return new RegistryGenerator(world, random).registry(marker);
    }

    private String registry(String marker) {
        for (World.Caller caller : world.callers) {
            pod("caller-" + caller.address().replace('.', '-'), caller.namespace(), caller.address(), caller.labels());
        }
        for (int i = 0; i < World.HTTP_SERVICES; i++) {
            service("h", i, World.httpAddress(i), Map.of("http", world.httpPort, "http-more", world.otherHttpPort));
            endpoints("h", i, "127.2.0.", world.httpBackends.size(), List.of("http", "http-more"));
            rules("h", i, true);
        }
        for (int i = 0; i < World.DETECTED_SERVICES; i++) {
            service("d", i, World.detectedAddress(i), Map.of("main", world.detectedPort));
            endpoints("d", i, "127.2.0.", world.httpBackends.size(), List.of("main"));
            rules("d", i, true);
        }
        for (int i = 0; i < World.TCP_SERVICES; i++) {
            service("t", i, World.tcpAddress(i), Map.of("tcp", world.tcpPort));
            endpoints("t", i, "127.2.1.", world.tcpBackends.size(), List.of("tcp"));
            rules("t", i, false);
        }
        document("v1", "Service", marker, "shop")
                .putObject("spec")
                .putArray("ports")
                .addObject()
                .put("port", 9);
        return documents.stream().map(ObjectNode::toPrettyString).collect(Collectors.joining("\n---\n"));
    }

    private ObjectNode document(String apiVersion, String kind, String name, String namespace) {
        ObjectNode document =
                JSON.createObjectNode().put("apiVersion", apiVersion).put("kind", kind);
        document.putObject("metadata").put("name", name).put("namespace", namespace);
        documents.add(document);
        return document;
    }

    private void pod(String name, String namespace, String address, Map<String, String> labels) {
        ObjectNode pod = document("v1", "Pod", name, namespace);
        ObjectNode labelNode = ((ObjectNode) pod.get("metadata")).putObject("labels");
        labels.forEach(labelNode::put);
        pod.putObject("spec").put("nodeName", "node-1");
        pod.putObject("status").put("podIP", address).put("phase", "Running");
    }

    private void service(String prefix, int number, String address, Map<String, Integer> ports) {
        ObjectNode spec = document("v1", "Service", prefix + number, World.namespace(number))
                .putObject("spec")
                .put("clusterIP", address);
        ArrayNode portNodes = spec.putArray("ports");
        ports.forEach((name, port) ->
                portNodes.addObject().put("name", name).put("port", port).put("targetPort", world.targetPort));
    }

    private void endpoints(String prefix, int number, String network, int backends, List<String> portNames) {
        String namespace = World.namespace(number);
        ObjectNode slice = document("discovery.k8s.io/v1", "EndpointSlice", prefix + number + "-a", namespace)
                .put("addressType", "IPv4");
        ((ObjectNode) slice.get("metadata")).putObject("labels").put("kubernetes.io/service-name", prefix + number);
        ArrayNode ports = slice.putArray("ports");
        portNames.forEach(name -> ports.addObject().put("name", name).put("port", world.targetPort));
        ArrayNode items = slice.putArray("endpoints");
        List<ObjectNode> pods = new ArrayList<>();
        for (int i = 1; i <= backends; i++) {
            if (random.nextInt(3) == 0) {
                String pod = prefix + number + "-" + i;
                ObjectNode endpoint = items.addObject();
                endpoint.putArray("addresses").add(network + i);
                endpoint.putObject("conditions").put("ready", random.nextInt(8) != 0);
                endpoint.putObject("targetRef")
                        .put("kind", "Pod")
                        .put("namespace", namespace)
                        .put("name", pod);
                ObjectNode podNode =
                        JSON.createObjectNode().put("apiVersion", "v1").put("kind", "Pod");
                ObjectNode metadata =
                        podNode.putObject("metadata").put("name", pod).put("namespace", namespace);
                metadata.putObject("labels").put("version", random.nextBoolean() ? "v1" : "v2");
                podNode.putObject("spec").put("nodeName", "node-2");
                podNode.putObject("status").put("podIP", network + i).put("phase", "Running");
                pods.add(podNode);
            }
        }
        documents.addAll(pods);
    }

    private void rules(String prefix, int number, boolean http) {
        if (random.nextInt(4) > 0) {
            ObjectNode spec = document(
                            "networking.istio.io/v1", "DestinationRule", prefix + number, World.namespace(number))
                    .putObject("spec")
                    .put("host", prefix + number);
            spec.putObject("trafficPolicy")
                    .putObject("loadBalancer")
                    .put("simple", pick("ROUND_ROBIN", "RANDOM", "LEAST_REQUEST"));
            ArrayNode subsets = spec.putArray("subsets");
            for (String version : List.of("v1", "v2", "v3")) {
                subsets.addObject().put("name", version).putObject("labels").put("version", version);
            }
        }
        if (random.nextInt(4) > 0) {
            ObjectNode spec = document(
                            "networking.istio.io/v1", "VirtualService", prefix + number, World.namespace(number))
                    .putObject("spec");
            spec.putArray("hosts").add(prefix + number);
            ArrayNode rules = spec.putArray(http ? "http" : "tcp");
            int count = 1 + random.nextInt(4);
            for (int i = 0; i < count; i++) {
                if (http) {
                    httpRule(rules.addObject(), "r" + i, i == count - 1 && random.nextBoolean());
                } else {
                    tcpRule(rules.addObject());
                }
            }
        }
    }

    private void tcpRule(ObjectNode rule) {
        if (random.nextBoolean()) {
            ObjectNode match = rule.putArray("match").addObject();
            switch (random.nextInt(3)) {
                case 0 -> match.putObject("sourceLabels").put("app", pick("storefront", "probe", "auditor"));
                case 1 ->
                    match.putArray("destinationSubnets").add(pick("127.1.2.1/32", "127.1.2.0/30", "127.1.2.3/32"));
                default -> match.put("port", random.nextInt(3) == 0 ? world.httpPort : world.tcpPort);
            }
        }
        destinations(rule, "t", World.TCP_SERVICES);
    }

    private void httpRule(ObjectNode rule, String name, boolean takesAll) {
        rule.put("name", name);
        if (!takesAll) {
            ArrayNode matches = rule.putArray("match");
            for (int i = 0; i <= random.nextInt(2); i++) {
                match(matches.addObject());
            }
        }
        switch (random.nextInt(8)) {
            case 0 -> redirect(rule.putObject("redirect"));
            case 1 -> {
                ObjectNode response = rule.putObject("directResponse").put("status", pick(200, 403, 503));
                response.putObject("body").put("string", "said by the rule");
            }
            case 2 -> {
                destinations(rule, "h", World.HTTP_SERVICES);
                ObjectNode rewrite = rule.putObject("rewrite");
                switch (random.nextInt(3)) {
                    case 0 -> rewrite.put("uri", pick("/", "/new", "/a/b"));
                    case 1 ->
                        rewrite.putObject("uriRegexRewrite")
                                .put("match", "/(\\w+)/(\\w+)")
                                .put("rewrite", "/\\2-\\1");
                    default -> rewrite.put("uri", "/x").put("authority", "rewritten.example");
                }
            }
            default -> destinations(rule, "h", World.HTTP_SERVICES);
        }
        if (random.nextInt(3) == 0) {
            headers(rule.putObject("headers"));
        }
        if (random.nextInt(10) == 0 && rule.has("route")) {
            ObjectNode abort = rule.putObject("fault").putObject("abort").put("httpStatus", 418);
            abort.putObject("percentage").put("value", 100);
        }
    }

    private void match(ObjectNode match) {
        if (random.nextInt(4) > 0) {
            ObjectNode uri = match.putObject("uri");
            switch (random.nextInt(3)) {
                case 0 -> uri.put("exact", pick(RequestGenerator.PATHS));
                case 1 -> uri.put("prefix", pick("/", "/a", "/cart", "/A/", "/item"));
                default -> uri.put("regex", pick("/a.*", "/(cart|item)/[0-9]+", "/[a-z]+", ".*/b"));
            }
            if (random.nextInt(5) == 0 && !uri.has("regex")) {
                match.put("ignoreUriCase", true);
            }
        }
        if (random.nextInt(3) == 0) {
            text(match.putObject("headers").putObject("x-user"), "alice", "al", "a.*e");
        }
        if (random.nextInt(6) == 0) {
            text(match.putObject("withoutHeaders").putObject("x-beta"), "1", "y", "[0-9]");
        }
        if (random.nextInt(6) == 0) {
            text(match.putObject("queryParams").putObject("q"), "1", "tr", "t.*");
        }
        if (random.nextInt(6) == 0) {
            match.putObject("method").put("exact", pick("GET", "POST"));
        }
        if (random.nextInt(8) == 0) {
            match.putObject("sourceLabels").put("app", pick("storefront", "probe", "auditor"));
        }
        if (random.nextInt(8) == 0) {
            match.put("sourceNamespace", pick("shop", "other"));
        }
        if (random.nextInt(8) == 0) {
            match.put("port", pick(world.httpPort, world.otherHttpPort));
        }
        if (match.isEmpty()) {
            match.putObject("uri").put("prefix", "/");
        }
    }

    private void text(ObjectNode match, String exact, String prefix, String regex) {
        switch (random.nextInt(3)) {
            case 0 -> match.put("exact", exact);
            case 1 -> match.put("prefix", prefix);
            default -> match.put("regex", regex);
        }
    }

    private void redirect(ObjectNode redirect) {
        if (random.nextBoolean()) {
            redirect.put("uri", pick("/elsewhere", "/login?from=a"));
        }
        if (random.nextBoolean()) {
            redirect.put("authority", "new.example");
        }
        switch (random.nextInt(4)) {
            case 0 -> redirect.put("scheme", "https");
            case 1 -> redirect.put("port", 8443);
            case 2 -> redirect.put("derivePort", "FROM_REQUEST_PORT");
            default -> {}
        }
        if (random.nextBoolean()) {
            redirect.put("redirectCode", pick(302, 303, 307, 308));
        }
        if (redirect.isEmpty()) {
            redirect.put("uri", "/elsewhere");
        }
    }

    private void headers(ObjectNode headers) {
        ObjectNode request = headers.putObject("request");
        request.putObject("set").put("x-set", "by-rule");
        request.putObject("add").put("x-user", "added");
        request.putArray("remove").add("x-beta");
        ObjectNode response = headers.putObject("response");
        response.putObject("set").put("x-answer", "by-rule");
        response.putArray("remove").add("x-seen-traceparent");
    }

    private void destinations(ObjectNode rule, String prefix, int services) {
        ArrayNode route = rule.putArray("route");
        int count = 1 + random.nextInt(3);
        for (int i = 0; i < count; i++) {
            ObjectNode destination = route.addObject();
            if (count > 1) {
                destination.put("weight", i == 0 ? 1 + random.nextInt(50) : random.nextInt(50));
            }
            int target = random.nextInt(services);
            ObjectNode where = destination
                    .putObject("destination")
                    .put("host", random.nextInt(12) == 0 ? "nobody" : World.host(prefix, target));
            if (random.nextInt(3) == 0) {
                where.put("subset", pick("v1", "v2", "v3", "v4"));
            }
        }
    }

    @SafeVarargs
    private <T> T pick(T... values) {
        return values[random.nextInt(values.length)];
    }

    private String pick(List<String> values) {
        return values.get(random.nextInt(values.size()));
    }
}
