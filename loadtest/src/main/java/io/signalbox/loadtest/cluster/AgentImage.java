package io.signalbox.loadtest.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.signalbox.loadtest.harness.Launchers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The image of the agent, which runs as the DaemonSet of the manifests says: its user, capabilities, read-only root,
 * volumes, environment and arguments, under podman's default seccomp profile, which stands for the kubelet's
 * {@code RuntimeDefault}.
 *
 * @param podman podman's command line up to the word {@code run}, which comes next
 * @param name of the image
 */
public record AgentImage(List<String> podman, String name) {
    private static final String DAEMON_SET = "k8s-manifests/base/agent/daemon-set.yaml";

    /** Keeps its own copy. */
    public AgentImage {
        podman = List.copyOf(podman);
    }

    /**
     * The command line that runs it in the foreground.
     *
     * @param files directory for what is mounted, for this node alone
     * @param ca certificate of the config service's CA
     * @param token by which the agent proves who it is
     * @param others arguments, by their names, in place of those in the manifests or besides them
     */
    List<String> command(ClusterNode node, Path files, Path ca, Path token, Map<String, String> others)
            throws IOException {
        JsonNode pod = new YAMLMapper()
                .readTree(Launchers.root().resolve(DAEMON_SET).toFile())
                .at("/spec/template/spec");
        JsonNode container = pod.at("/containers/0");
        // Not by ip netns exec, which hides the cgroups from podman.
        List<String> command =
                new ArrayList<>(List.of("nsenter", "--net=" + node.network().file()));
        command.addAll(podman);
        command.addAll(List.of("run", "--rm", "--quiet"));
        String memory = container.at("/resources/limits/memory").asText();
        command.addAll(List.of("--memory", memory.replace("Mi", "m")));
        // As containerd does, so that cgroups of pods are those of another hierarchy at first sight.
        command.addAll(List.of("--cgroupns", "private"));
        require(pod, "hostNetwork");
        require(pod, "hostPID");
        command.addAll(List.of("--network", "host", "--pid", "host"));
        command.addAll(List.of("--volume", node.network().resolvConf() + ":/etc/resolv.conf:ro"));
        addSecurity(command, container.path("securityContext"));
        Map<String, String> environment = environment(node, container);
        environment.forEach((key, value) -> command.addAll(List.of("--env", key + "=" + value)));
        addVolumes(command, container, files);
        Map<String, String> arguments = arguments(container, environment);
        copy(ca, argument(arguments, "--config-service-ca"), container, files);
        copy(token, argument(arguments, "--config-service-token"), container, files);
        arguments.putAll(others);
        command.add(name);
        arguments.forEach((key, value) -> command.add(key + "=" + value));
        return command;
    }

    private static void require(JsonNode pod, String field) {
        if (!pod.path(field).asBoolean()) {
            throw new IllegalStateException(DAEMON_SET + ": " + field + " (expected: true)");
        }
    }

    private static void addSecurity(List<String> command, JsonNode security) {
        command.addAll(List.of(
                "--user",
                security.path("runAsUser").asText() + ":"
                        + security.path("runAsGroup").asText()));
        if (security.path("readOnlyRootFilesystem").asBoolean()) {
            // Without the directories in memory that podman would add and the kubelet does not.
            command.addAll(List.of("--read-only", "--read-only-tmpfs=false"));
        }
        if (!security.path("allowPrivilegeEscalation").asBoolean(true)) {
            command.addAll(List.of("--security-opt", "no-new-privileges"));
        }
        security.at("/capabilities/drop").forEach(each -> command.addAll(List.of("--cap-drop", each.asText())));
        security.at("/capabilities/add").forEach(each -> command.addAll(List.of("--cap-add", each.asText())));
    }

    private static Map<String, String> environment(ClusterNode node, JsonNode container) {
        Map<String, String> environment = new TreeMap<>();
        for (JsonNode variable : container.path("env")) {
            String field = variable.at("/valueFrom/fieldRef/fieldPath").asText();
            environment.put(
                    variable.path("name").asText(),
                    switch (field) {
                        case "spec.nodeName" -> node.name();
                        case "status.hostIP" -> node.address();
                        case "" -> variable.path("value").asText();
                        default ->
                            throw new IllegalStateException(
                                    DAEMON_SET + ": " + field + " (expected: spec.nodeName or status.hostIP)");
                    });
        }
        return environment;
    }

    private static void addVolumes(List<String> command, JsonNode container, Path files) throws IOException {
        for (JsonNode mount : container.path("volumeMounts")) {
            Path directory =
                    Files.createDirectories(files.resolve(mount.path("name").asText()));
            command.addAll(List.of(
                    "--volume",
                    directory + ":" + mount.path("mountPath").asText()
                            + (mount.path("readOnly").asBoolean() ? ":ro" : "")));
        }
    }

    /** By their names. */
    private static Map<String, String> arguments(JsonNode container, Map<String, String> environment) {
        Map<String, String> arguments = new TreeMap<>();
        for (JsonNode argument : container.path("args")) {
            String text = argument.asText();
            for (Map.Entry<String, String> variable : environment.entrySet()) {
                text = text.replace("$(" + variable.getKey() + ")", variable.getValue());
            }
            int equals = text.indexOf('=');
            arguments.put(text.substring(0, equals), text.substring(equals + 1));
        }
        return arguments;
    }

    private static String argument(Map<String, String> arguments, String name) {
        String value = arguments.get(name);
        if (value == null) {
            throw new IllegalStateException(DAEMON_SET + ": no argument " + name);
        }
        return value;
    }

    /** Puts a file where the container sees it at that path. */
    private static void copy(Path file, String path, JsonNode container, Path files) throws IOException {
        for (JsonNode mount : container.path("volumeMounts")) {
            Path mounted = Path.of(mount.path("mountPath").asText());
            if (Path.of(path).startsWith(mounted)) {
                Path target = files.resolve(mount.path("name").asText())
                        .resolve(mounted.relativize(Path.of(path)).toString());
                Files.copy(file, target, StandardCopyOption.REPLACE_EXISTING);
                return;
            }
        }
        throw new IllegalStateException(DAEMON_SET + ": " + path + " is in no volume");
    }
}
