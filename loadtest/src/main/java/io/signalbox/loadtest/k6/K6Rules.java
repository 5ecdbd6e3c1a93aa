package io.signalbox.loadtest.k6;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.TreeMap;

/**
 * The rules that mixed.js sends requests by, and what it is told of them. Each names itself in {@code x-route} of its
 * answers.
 */
final class K6Rules {
    /** Share of the split routes for the canaries. */
    static final int CANARY_PERCENT = 20;

    private static final ObjectMapper JSON = new ObjectMapper();

    private K6Rules() {}

    static String yaml(int canaryPercent) {
        return """
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: catalog, namespace: shop}
                spec:
                  hosts: [catalog]
                  http:
                  - match: [{uri: {exact: /direct}}]
                    headers: {response: {set: {x-route: direct}}}
                    directResponse: {status: 203, body: {string: from the agent}}
                  - match: [{uri: {prefix: /user}, headers: {x-user: {prefix: beta-}}}]
                    headers: {response: {set: {x-route: beta}}}
                    route: [{destination: {host: canary}}]
                  - match: [{uri: {prefix: /old/}}]
                    headers: {response: {set: {x-route: rewrite}}}
                    rewrite: {uri: /new/}
                    route: [{destination: {host: catalog}}]
                  - match: [{uri: {regex: "/items/[0-9]+"}, method: {exact: GET}}]
                    headers: {response: {set: {x-route: split}}}
                    route:
                    - {destination: {host: catalog}, weight: %1$d}
                    - {destination: {host: canary}, weight: %2$d}
                  - headers: {response: {set: {x-route: rest}}}
                    route: [{destination: {host: catalog}}]
                ---
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: orders, namespace: shop}
                spec:
                  hosts: [orders]
                  http:
                  - match: [{headers: {x-tier: {exact: gold}}}]
                    headers: {response: {set: {x-route: gold}}}
                    route: [{destination: {host: orders-canary}}]
                  - match: [{uri: {exact: /signalbox.loadtest.v1.EchoService/Unary}, headers: {x-split: {exact: "yes"}}}]
                    headers: {response: {set: {x-route: split}}}
                    route:
                    - {destination: {host: orders}, weight: %1$d}
                    - {destination: {host: orders-canary}, weight: %2$d}
                  - headers: {response: {set: {x-route: rest}}}
                    route: [{destination: {host: orders}}]
                """.formatted(100 - canaryPercent, canaryPercent);
    }

    /** The routes of the topology: by name, how to ask and who must answer. */
    static ObjectNode routes() {
        int rest = 100 - CANARY_PERCENT;
        ObjectNode routes = JSON.createObjectNode();
        add(routes, "http-rest", "http", "catalog", "rest", Map.of("catalog", 100))
                .put("path", "/anything");
        add(routes, "http-split", "http", "catalog", "split", Map.of("catalog", rest, "canary", CANARY_PERCENT))
                .put("path", "/items/17");
        ObjectNode beta = add(routes, "http-beta", "http", "catalog", "beta", Map.of("canary", 100));
        beta.put("path", "/user").putObject("headers").put("x-user", "beta-7");
        ObjectNode other = add(routes, "http-not-beta", "http", "catalog", "rest", Map.of("catalog", 100));
        other.put("path", "/user").putObject("headers").put("x-user", "alpha-7");
        add(routes, "http-rewrite", "http", "catalog", "rewrite", Map.of("catalog", 100))
                .put("path", "/old/page?q=1")
                .put("seenTarget", "/new/page?q=1");
        add(routes, "http-direct", "http", "catalog", "direct", Map.of())
                .put("path", "/direct")
                .put("status", 203);
        add(routes, "grpc-rest", "grpc", "orders", "rest", Map.of("orders", 100));
        add(routes, "grpc-gold", "grpc", "orders", "gold", Map.of("orders-canary", 100))
                .putObject("headers")
                .put("x-tier", "gold");
        add(routes, "grpc-split", "grpc", "orders", "split", Map.of("orders", rest, "orders-canary", CANARY_PERCENT))
                .putObject("headers")
                .put("x-split", "yes");
        return routes;
    }

    private static ObjectNode add(
            ObjectNode routes,
            String name,
            String protocol,
            String service,
            String rule,
            Map<String, Integer> weights) {
        ObjectNode route = routes.putObject(name);
        route.put("protocol", protocol).put("service", service).put("rule", rule);
        route.set("weights", JSON.valueToTree(new TreeMap<>(weights)));
        return route;
    }
}
