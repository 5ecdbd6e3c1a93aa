package io.signalbox.loadtest.cluster;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collection;

/** Kubernetes objects, as the API server and its controllers would show them. */
final class ClusterObjects {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private ClusterObjects() {}

    static ObjectNode namespace(String name) {
        ObjectNode namespace = object("v1", "Namespace", "", name);
        labels(namespace).put("kubernetes.io/metadata.name", name);
        return namespace;
    }

    static ObjectNode node(String name, String address, String zone) {
        ObjectNode node = object("v1", "Node", "", name);
        labels(node)
                .put("kubernetes.io/hostname", name)
                .put("topology.kubernetes.io/region", "here")
                .put("topology.kubernetes.io/zone", zone);
        node.putObject("status")
                .putArray("addresses")
                .addObject()
                .put("type", "InternalIP")
                .put("address", address);
        return node;
    }

    static ObjectNode pod(PodState pod) {
        ObjectNode object = object("v1", "Pod", pod.namespace(), pod.name());
        object.withObject("/metadata").put("uid", pod.uid());
        pod.labels().forEach(labels(object)::put);
        ObjectNode spec = object.putObject("spec");
        spec.put("nodeName", pod.node()).put("serviceAccountName", pod.serviceAccount());
        if (!pod.subdomain().isEmpty()) {
            spec.put("hostname", pod.name()).put("subdomain", pod.subdomain());
        }
        spec.putArray("containers").addObject().put("name", "app").put("image", "app");
        ObjectNode status = object.putObject("status");
        status.put("phase", "Running").put("podIP", pod.address());
        status.putArray("podIPs").addObject().put("ip", pod.address());
        status.putArray("conditions")
                .addObject()
                .put("type", "Ready")
                .put("status", pod.is(PodState.Condition.READY) ? "True" : "False");
        return object;
    }

    static ObjectNode service(ClusterService service) {
        ObjectNode object = object("v1", "Service", service.namespace(), service.name());
        ObjectNode spec = object.putObject("spec");
        switch (service.kind()) {
            case CLUSTER_IP -> spec.put("type", "ClusterIP").put("clusterIP", service.clusterIp());
            case NODE_PORT -> spec.put("type", "NodePort").put("clusterIP", service.clusterIp());
            case HEADLESS -> spec.put("type", "ClusterIP").put("clusterIP", "None");
            case EXTERNAL_NAME -> spec.put("type", "ExternalName").put("externalName", service.externalName());
        }
        ArrayNode ports = spec.putArray("ports");
        for (ClusterService.Port port : service.ports()) {
            ObjectNode one = ports.addObject()
                    .put("name", port.name())
                    .put("protocol", "TCP")
                    .put("port", port.port())
                    .put("targetPort", port.targetPort());
            if (service.kind() == ClusterService.Kind.NODE_PORT) {
                one.put("nodePort", port.nodePort());
            }
        }
        if (!service.selector().isEmpty()) {
            service.selector().forEach(spec.putObject("selector")::put);
        }
        return object;
    }

    /** The endpoints of a service, as the EndpointSlice controller would write them. */
    static ObjectNode endpointSlice(ClusterService service, Collection<PodState> pods) {
        ObjectNode object = object("discovery.k8s.io/v1", "EndpointSlice", service.namespace(), service.name() + "-1");
        labels(object).put("kubernetes.io/service-name", service.name());
        object.put("addressType", "IPv4");
        ArrayNode ports = object.putArray("ports");
        for (ClusterService.Port port : service.ports()) {
            ports.addObject().put("name", port.name()).put("protocol", "TCP").put("port", port.targetPort());
        }
        ArrayNode endpoints = object.putArray("endpoints");
        pods.stream().filter(service::selects).forEach(pod -> {
            ObjectNode endpoint = endpoints.addObject();
            endpoint.putArray("addresses").add(pod.address());
            endpoint.putObject("conditions")
                    .put("ready", pod.is(PodState.Condition.READY))
                    .put("serving", !pod.is(PodState.Condition.NOT_READY))
                    .put("terminating", pod.is(PodState.Condition.TERMINATING));
            endpoint.put("nodeName", pod.node());
            if (pod.subdomain().equals(service.name())) {
                endpoint.put("hostname", pod.name());
            }
            endpoint.putObject("targetRef")
                    .put("kind", "Pod")
                    .put("namespace", pod.namespace())
                    .put("name", pod.name())
                    .put("uid", pod.uid());
        });
        return object;
    }

    private static ObjectNode object(String apiVersion, String kind, String namespace, String name) {
        ObjectNode object = JSON.objectNode().put("apiVersion", apiVersion).put("kind", kind);
        ObjectNode metadata = object.putObject("metadata").put("name", name);
        if (!namespace.isEmpty()) {
            metadata.put("namespace", namespace);
        }
        return object;
    }

    private static ObjectNode labels(ObjectNode object) {
        return object.withObject("/metadata/labels");
    }
}
