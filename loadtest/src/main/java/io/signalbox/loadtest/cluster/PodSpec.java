package io.signalbox.loadtest.cluster;

import io.signalbox.loadtest.harness.Launchers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What is to run in a pod.
 *
 * @param namespace of the pod
 * @param name of the pod
 * @param node index of the node that it runs on, from 1
 * @param labels of the pod
 * @param subdomain the headless service that gives it a name of its own; empty: none
 * @param servers options of the {@code backend} program with their ports, such as {@code --http} to 8080; empty: the
 *     pod only holds what is started in it
 */
public record PodSpec(
        String namespace,
        String name,
        int node,
        Map<String, String> labels,
        String subdomain,
        Map<String, Integer> servers) {
    /** Keeps its own copies. */
    public PodSpec {
        labels = Map.copyOf(labels);
        servers = Map.copyOf(servers);
    }

    /** A pod with the label {@code app} of that value, in which nothing runs by itself. */
    public static PodSpec idle(String namespace, String name, int node, String app) {
        return new PodSpec(namespace, name, node, Map.of("app", app), "", Map.of());
    }

    /** A pod with the label {@code app} of that value, and a test server by its option and port. */
    public static PodSpec server(String namespace, String name, int node, String app, Map<String, Integer> servers) {
        return new PodSpec(namespace, name, node, Map.of("app", app), "", servers);
    }

    /** The same pod with a name in DNS below that headless service. */
    public PodSpec withSubdomain(String headlessService) {
        return new PodSpec(namespace, name, node, labels, headlessService, servers);
    }

    /** The command line of its servers, which call themselves by the pod's name. */
    List<String> command(String address) {
        List<String> command = new ArrayList<>(List.of(Launchers.backend()));
        servers.forEach((option, port) -> command.addAll(List.of(option, name + "=" + address + ":" + port)));
        return command;
    }
}
