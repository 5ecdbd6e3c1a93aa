package io.signalbox.loadtest.agreement;

import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** Makes requests and connections for generated registries. */
final class RequestGenerator {
    static final List<String> PATHS = List.of(
            "/",
            "/a",
            "/a/b",
            "/A/b",
            "/cart",
            "/cart/17",
            "/item/17",
            "/cartoon",
            "/a/../cart",
            "/item/./17",
            "/b%2Fc");
    private static final List<String> QUERIES = List.of("", "", "?q=1", "?q=true&x=2", "?q", "?other=1");

    private final World world;
    private final Random random;

    RequestGenerator(World world, Random random) {
        this.world = world;
        this.random = random;
    }

    /**
     * A request.
     *
     * @param address that is dialled
     * @param target path and query
     */
    record Http(
            World.Caller caller,
            String address,
            int port,
            String method,
            String authority,
            String target,
            Map<String, String> headers) {}

    /** A TCP connection. */
    record Tcp(World.Caller caller, String address, int port) {}

    Http http() {
        boolean detected = random.nextInt(4) == 0;
        String prefix = detected ? "d" : "h";
        int services = detected ? World.DETECTED_SERVICES : World.HTTP_SERVICES;
        int named = random.nextInt(services);
        int dialled = random.nextInt(services);
        Map<String, String> headers = new TreeMap<>();
        headers.put("x-tell-headers", "1");
        if (random.nextBoolean()) {
            headers.put("x-user", pick(List.of("alice", "albert", "bob")));
        }
        if (random.nextInt(3) == 0) {
            headers.put("x-beta", pick(List.of("1", "yes")));
        }
        return new Http(
                world.callers.get(random.nextInt(world.callers.size())),
                detected ? World.detectedAddress(dialled) : World.httpAddress(dialled),
                detected ? world.detectedPort : random.nextInt(4) == 0 ? world.otherHttpPort : world.httpPort,
                pick(List.of("GET", "GET", "GET", "POST", "DELETE")),
                authority(prefix, named),
                pick(PATHS) + pick(QUERIES),
                headers);
    }

    Tcp tcp() {
        return new Tcp(
                world.callers.get(random.nextInt(world.callers.size())),
                World.tcpAddress(random.nextInt(World.TCP_SERVICES)),
                world.tcpPort);
    }

    private String authority(String prefix, int service) {
        String name = prefix + service;
        String namespaced = name + "." + World.namespace(service);
        return switch (random.nextInt(9)) {
            case 0 -> name;
            case 1 -> namespaced;
            case 2 -> namespaced + ".svc";
            case 3 -> namespaced + ".svc.cluster.local.";
            case 4 -> namespaced + ":9999";
            case 5 -> namespaced.toUpperCase(java.util.Locale.ROOT);
            case 6 -> "nobody." + namespaced;
            default -> namespaced + ".svc.cluster.local";
        };
    }

    private String pick(List<String> values) {
        return values.get(random.nextInt(values.size()));
    }
}
