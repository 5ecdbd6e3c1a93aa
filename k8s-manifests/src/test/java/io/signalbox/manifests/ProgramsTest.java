package io.signalbox.manifests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What the manifests tell the programs is what these understand, and what they ask of them is there. */
class ProgramsTest {
    private static final int EXIT_USAGE = 64;
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    /** What closing an agent may take after it drained; {@code AgentMain} waits as long. */
    private static final int CLOSE_SECONDS = 15;

    @TempDir
    Path directory;

    static Stream<Arguments> programs() throws IOException, InterruptedException {
        return Build.all().stream()
                .flatMap(build ->
                        Stream.of(Arguments.of(Program.AGENT, build), Arguments.of(Program.CONFIG_SERVICE, build)));
    }

    static List<Build> builds() throws IOException, InterruptedException {
        return Build.all();
    }

    /** The programs name every argument that is wrong, so one that certainly is must be the only one. */
    @ParameterizedTest
    @MethodSource("programs")
    void argumentsAreUnderstood(Program program, Build build) throws IOException, InterruptedException {
        List<String> arguments = program.arguments(build);

        Program.Run run = program.run(Stream.concat(arguments.stream(), Stream.of("--log-level=wrong"))
                .toList());

        assertThat(run.output().lines()).as(run.output()).hasSize(1);
        assertThat(run.output()).contains("--log-level: wrong");
        assertThat(run.exitCode()).isEqualTo(EXIT_USAGE);
    }

    @ParameterizedTest
    @MethodSource("builds")
    void portsAreThoseThatTheProgramsListenOn(Build build) throws IOException, InterruptedException {
        Manifest deployment = build.one("Deployment", "signalbox-config-service");
        assertThat(containerPort(deployment, "grpc")).isEqualTo(port(Program.CONFIG_SERVICE, build, "--grpc-port"));
        assertThat(containerPort(deployment, "http-health"))
                .isEqualTo(port(Program.CONFIG_SERVICE, build, "--health-port"));
        Manifest service = build.one("Service", "signalbox-config-service");
        assertThat(Program.AGENT.argument(build, "--config-service"))
                .isEqualTo(service.name() + "." + service.namespace() + ".svc:"
                        + service.at("/spec/ports/0/port").asInt());
        for (String probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
            JsonNode get = Program.AGENT.spec(build).at("/" + probe + "/httpGet");
            assertThat(get.path("port").asInt()).isEqualTo(port(Program.AGENT, build, "--admin-port"));
            assertThat(get.path("host").asText()).isEqualTo("127.0.0.1");
        }
        JsonNode annotations = deployment.at("/spec/template/metadata/annotations");
        assertThat(annotations.path("prometheus.io/port").asInt())
                .isEqualTo(port(Program.CONFIG_SERVICE, build, "--health-port"));
    }

    @ParameterizedTest
    @MethodSource("builds")
    void scrapersAskWhereTheAgentServesItsMetrics(Build build) {
        int port = Integer.parseInt(
                Program.AGENT.argument(build, "--metrics-address").replaceFirst(".*:", ""));
        Manifest agent = build.one("DaemonSet", "signalbox-agent");
        assertThat(agent.at("/spec/template/metadata/annotations/prometheus.io~1port")
                        .asInt())
                .isEqualTo(port);
        build.ofKind("Service")
                .filter(service -> agent.podLabels()
                        .entrySet()
                        .containsAll(
                                Manifest.texts(service.at("/spec/selector")).entrySet()))
                .flatMap(service -> Manifest.items(service.at("/spec/ports")))
                .forEach(each -> assertThat(each.path("targetPort").asInt()).isEqualTo(port));
    }

    @ParameterizedTest
    @MethodSource("builds")
    void theConfigServiceKnowsTheAgentsByWhatTheyShow(Build build) throws IOException, InterruptedException {
        Manifest agent = build.one("DaemonSet", "signalbox-agent");
        assertThat(value(Program.CONFIG_SERVICE, build, "--agent-service-account"))
                .isEqualTo(agent.namespace() + "/"
                        + agent.at("/spec/template/spec/serviceAccountName").asText());
        JsonNode token = volume(agent, "token").at("/projected/sources/0/serviceAccountToken");
        assertThat(value(Program.CONFIG_SERVICE, build, "--agent-token-audience"))
                .isEqualTo(token.path("audience").asText());
        assertThat(Program.AGENT.argument(build, "--config-service-token"))
                .isEqualTo(mountPath(build, "token") + "/" + token.path("path").asText());
        assertThat(Program.AGENT.argument(build, "--config-service-ca")).isEqualTo(mountPath(build, "ca") + "/ca.crt");
    }

    @ParameterizedTest
    @MethodSource("builds")
    void agentsDialANameOfTheCertificate(Build build) throws IOException, InterruptedException {
        String dialled = Program.AGENT.argument(build, "--config-service").replaceFirst(":\\d+$", "");
        String given = Program.CONFIG_SERVICE.argument(build, "--tls-names");
        if (given.isEmpty()) {
            assertThat(dialled)
                    .isEqualTo(defaultValue(Program.CONFIG_SERVICE, "--tls-names") + "."
                            + build.one("Deployment", "signalbox-config-service")
                                    .namespace() + ".svc");
        } else {
            assertThat(given.split(",", -1)).contains(dialled);
        }
    }

    @ParameterizedTest
    @MethodSource("builds")
    void directoriesOfTheAgentAreMounted(Build build) {
        assertThat(Program.AGENT.argument(build, "--data-dir")).isEqualTo(mountPath(build, "data"));
        String plugin = Program.AGENT.argument(build, "--cni-dir");
        if (!plugin.isEmpty()) {
            assertThat(plugin).startsWith(mountPath(build, "run") + "/");
        }
    }

    @ParameterizedTest
    @MethodSource("builds")
    void theKubeletWaitsUntilTheAgentHasDrained(Build build) throws IOException, InterruptedException {
        int drain =
                Integer.parseInt(value(Program.AGENT, build, "--drain-timeout").replaceFirst("s$", ""));
        assertThat(build.one("DaemonSet", "signalbox-agent")
                        .at("/spec/template/spec/terminationGracePeriodSeconds")
                        .asInt())
                .isGreaterThanOrEqualTo(drain + CLOSE_SECONDS);
    }

    /** With real processes, over loopback. */
    @Test
    void probesAndScrapesAreAnswered() throws IOException, InterruptedException {
        int grpcPort = freePort();
        int healthPort = freePort();
        int adminPort = freePort();
        int metricsPort = freePort();
        Path registry = Files.createDirectory(directory.resolve("registry"));
        Process configService = Program.CONFIG_SERVICE.start(
                List.of(
                        "--registry=" + registry,
                        "--http-port=0",
                        "--grpc-port=" + grpcPort,
                        "--health-port=" + healthPort,
                        "--insecure-development"),
                directory.resolve("config-service.log"));
        Process agent = Program.AGENT.start(
                List.of(
                        "--config-service=127.0.0.1:" + grpcPort,
                        "--insecure-development",
                        "--node=n1",
                        "--data-dir=" + directory.resolve("data"),
                        "--admin-port=" + adminPort,
                        "--metrics-address=127.0.0.1:" + metricsPort),
                directory.resolve("agent.log"));
        try {
            for (Build build : Build.all()) {
                for (String path : probes(build, Program.CONFIG_SERVICE)) {
                    awaitOk(healthPort, path);
                }
                for (String path : scrapes(build, Program.CONFIG_SERVICE)) {
                    awaitOk(healthPort, path);
                }
                for (String path : probes(build, Program.AGENT)) {
                    awaitOk(adminPort, path);
                }
                for (String path : scrapes(build, Program.AGENT)) {
                    awaitOk(metricsPort, path);
                }
            }
        } finally {
            agent.destroyForcibly().waitFor();
            configService.destroyForcibly().waitFor();
        }
    }

    private static Set<String> probes(Build build, Program program) {
        Set<String> paths = new TreeSet<>();
        JsonNode container = program.spec(build);
        for (String probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
            paths.add(container.at("/" + probe + "/httpGet/path").asText());
        }
        return paths;
    }

    /** By annotation of the pods, and by monitors for the same program. */
    private static Set<String> scrapes(Build build, Program program) {
        Set<String> paths = new TreeSet<>();
        build.workloads().stream()
                .filter(workload -> workload.name().equals(program.workload()))
                .map(workload -> workload.at("/spec/template/metadata/annotations/prometheus.io~1path"))
                .forEach(path -> paths.add(path.asText()));
        build.ofKind("ServiceMonitor")
                .filter(monitor -> monitor.name().equals(program.workload()))
                .flatMap(monitor -> Manifest.items(monitor.at("/spec/endpoints")))
                .forEach(endpoint -> paths.add(endpoint.path("path").asText()));
        return paths;
    }

    private void awaitOk(int port, String path) {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(Duration.ofSeconds(10))
                .build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            await(path)
                    .atMost(DEADLINE)
                    .pollInterval(Duration.ofMillis(100))
                    .ignoreExceptions()
                    .until(() -> client.send(request, BodyHandlers.discarding()).statusCode() == 200);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static int containerPort(Manifest workload, String name) {
        return workload.containers()
                .flatMap(container -> Manifest.items(container.path("ports")))
                .filter(port -> port.path("name").asText().equals(name))
                .findFirst()
                .orElseThrow()
                .path("containerPort")
                .asInt();
    }

    private static JsonNode volume(Manifest workload, String name) {
        return Manifest.items(workload.at("/spec/template/spec/volumes"))
                .filter(volume -> volume.path("name").asText().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static String mountPath(Build build, String volume) {
        return Manifest.items(Program.AGENT.spec(build).path("volumeMounts"))
                .filter(mount -> mount.path("name").asText().equals(volume))
                .findFirst()
                .orElseThrow()
                .path("mountPath")
                .asText();
    }

    private static int port(Program program, Build build, String option) throws IOException, InterruptedException {
        return Integer.parseInt(value(program, build, option));
    }

    /** What the manifests say, or the program's default by its help. */
    private static String value(Program program, Build build, String option) throws IOException, InterruptedException {
        String given = program.argument(build, option);
        return given.isEmpty() ? defaultValue(program, option) : given;
    }

    private static String defaultValue(Program program, String option) throws IOException, InterruptedException {
        // Wrapped anywhere, also in words, by the width of the terminal.
        String help = program.help().replaceAll("\\s+", " ");
        Matcher matcher = Pattern.compile(
                        Pattern.quote(option) + "=<?[^ ]+ (?:(?! --[a-z]).)*?[Dd]efault: ([^ ,;)]+?)[.,;)]*(?: |$)")
                .matcher(help);
        assertThat(matcher.find()).as(option + " in " + help).isTrue();
        return matcher.group(1);
    }
}
