package io.signalbox.loadtest.scale;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The objects of a large cluster as an API server tells them, with all that it adds to what matters. They follow from
 * their numbers.
 *
 * @param services how many
 * @param pods how many; each is an endpoint of one service
 * @param nodes how many
 */
record ListedCluster(int services, int pods, int nodes) {
    /** Values of a usual size of which a config service needs nothing. */
    private static final String CONTAINER = """
            {"name":"app","image":"registry.example/team/app:1.2.3","ports":[{"containerPort":8080}],
            "env":[%s],"resources":{"limits":{"cpu":"1","memory":"512Mi"}},
            "volumeMounts":[{"name":"token","mountPath":"/var/run/secrets/kubernetes.io/serviceaccount"}],
            "livenessProbe":{"httpGet":{"path":"/live","port":8080}},"imagePullPolicy":"IfNotPresent"}""".formatted(String.join(
            ",", Collections.nCopies(20, "{\"name\":\"SOME_SETTING\",\"value\":\"some value of a usual length\"}")));

    private static final String MANAGED_FIELDS =
            "[{\"manager\":\"kube-controller-manager\",\"operation\":\"Update\",\"fieldsV1\":{"
                    + String.join(",", fields(60)) + "}}]";

    private static List<String> fields(int count) {
        List<String> fields = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            fields.add("\"f:field-of-some-length-" + i + "\":{\"f:type\":{}}");
        }
        return fields;
    }

    /** Number of objects of a resource; 0 when there are none. */
    int count(String plural) {
        return switch (plural) {
            case "services", "endpointslices" -> services;
            case "pods" -> pods;
            case "nodes" -> nodes;
            default -> 0;
        };
    }

    /** An object of a resource that has objects. */
    String object(String plural, int number) {
        return switch (plural) {
            case "services" -> service(number);
            case "endpointslices" -> slice(number);
            case "pods" -> pod(number);
            case "nodes" -> "{\"metadata\":" + metadata("", "node-" + number, "") + "}";
            default -> throw new IllegalArgumentException("plural: " + plural + " (expected: one with objects)");
        };
    }

    private static String metadata(String namespace, String name, String labels) {
        return "{\"name\":\"" + name + "\",\"namespace\":\"" + namespace + "\",\"uid\":\"00000000-0000-0000-0000-"
                + Integer.toHexString(name.hashCode())
                + "\",\"resourceVersion\":\"1\",\"generation\":1,\"creationTimestamp\":\"2026-01-01T00:00:00Z\",\"labels\":{"
                + labels + "},\"annotations\":{\"note\":\"" + "x".repeat(200) + "\"},\"managedFields\":"
                + MANAGED_FIELDS
                + "}";
    }

    private static String service(int number) {
        return "{\"metadata\":" + metadata(LargeRegistry.namespace(number), LargeRegistry.name(number), "")
                + ",\"spec\":{\"type\":\"ClusterIP\",\"clusterIP\":\"" + LargeRegistry.clusterIp(number)
                + "\",\"clusterIPs\":[\"" + LargeRegistry.clusterIp(number) + "\"],\"selector\":{\"app\":\""
                + LargeRegistry.name(number) + "\"},\"ports\":[{\"name\":\"http\",\"port\":"
                + LargeRegistry.port(number)
                + ",\"targetPort\":8080}]}}";
    }

    private String slice(int number) {
        List<String> endpoints = new ArrayList<>();
        for (int pod = number; pod < pods; pod += services) {
            endpoints.add("{\"addresses\":[\"" + address(pod) + "\"],\"conditions\":{\"ready\":true},\"nodeName\":\""
                    + node(pod) + "\",\"targetRef\":{\"kind\":\"Pod\",\"name\":\"" + podName(pod)
                    + "\",\"namespace\":\""
                    + LargeRegistry.namespace(number) + "\"}}");
        }
        return "{\"metadata\":"
                + metadata(
                        LargeRegistry.namespace(number),
                        LargeRegistry.name(number) + "-a",
                        "\"kubernetes.io/service-name\":\"" + LargeRegistry.name(number) + "\"")
                + ",\"addressType\":\"IPv4\",\"ports\":[{\"name\":\"http\",\"port\":8080}],\"endpoints\":["
                + String.join(",", endpoints) + "]}";
    }

    private String pod(int number) {
        int service = number % services;
        String labels = "\"app\":\"" + LargeRegistry.name(service)
                + "\",\"version\":\"v1\",\"pod-template-hash\":\"5d4f8c7b9\",\"app.kubernetes.io/name\":\""
                + LargeRegistry.name(service) + "\",\"app.kubernetes.io/part-of\":\"shop\"";
        return "{\"metadata\":" + metadata(LargeRegistry.namespace(service), podName(number), labels)
                + ",\"spec\":{\"serviceAccountName\":\"" + LargeRegistry.name(service) + "\",\"nodeName\":\""
                + node(number) + "\",\"containers\":[" + CONTAINER + "," + CONTAINER
                + "]},\"status\":{\"phase\":\"Running\",\"podIP\":\"" + address(number)
                + "\",\"podIPs\":[{\"ip\":\"" + address(number)
                + "\"}],\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\"}]}}";
    }

    private String podName(int number) {
        return LargeRegistry.name(number % services) + "-5d4f8c7b9-" + Integer.toString(number + 1_000_000, 36);
    }

    private String node(int pod) {
        return "node-" + pod % nodes;
    }

    private static String address(int pod) {
        return "10." + (200 + pod / 62_500) + "." + pod / 250 % 250 + "." + (pod % 250 + 1);
    }
}
