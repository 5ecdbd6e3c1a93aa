package io.signalbox.agent.capture.pods;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The CNI plugin, as a runtime calls it, and the directory by which it talks to the agent. */
class CniPluginTest {
    private static final Path PLUGIN = Path.of("cni", "signalbox-cni").toAbsolutePath();
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path directory;

    private record Result(int exitCode, String output) {}

    private Process start(String command, String configuration, String arguments) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(PLUGIN.toString()).redirectErrorStream(true);
        builder.environment()
                .putAll(Map.of(
                        "CNI_COMMAND", command,
                        "CNI_CONTAINERID", "c1",
                        "CNI_NETNS", "/run/netns/none",
                        "CNI_IFNAME", "eth0",
                        "CNI_ARGS", arguments));
        Process process = builder.start();
        try (var stdin = process.outputWriter(StandardCharsets.UTF_8)) {
            stdin.write(configuration);
        }
        return process;
    }

    private static Result result(Process process) throws IOException, InterruptedException {
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Result(process.waitFor(), output);
    }

    private Result run(String command, String configuration, String arguments)
            throws IOException, InterruptedException {
        return result(start(command, configuration, arguments));
    }

    private String configuration(String more) {
        return "{\"cniVersion\":\"1.0.0\",\"type\":\"signalbox\",\"directory\":\"" + directory + "\"" + more + "}";
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"ips\":[{\"address\":\"10.0.0.2/24\",\"x\":[1,{\"y\":\"}]\"}]}],\"dns\":{}}",
                "{\"prevResult\":{\"cniVersion\":\"no\"},\"a\":\"quote \\\" brace } and \\\\\"}",
                "{ \"spaced\" : [ ] ,\n \"lines\" : { \"directory\": \"/elsewhere\" } }",
            })
    void whatWasBeforeIsPassedOnAsItIs(String previous) throws IOException, InterruptedException {
        for (String place : List.of(",\"prevResult\":" + previous, ",\"prevResult\" : " + previous + " ,\"z\":1")) {
            Result added = run("ADD", configuration(place), "");

            assertThat(added.exitCode()).isZero();
            assertThat(JSON.readTree(added.output())).isEqualTo(JSON.readTree(previous));
        }
    }

    @ParameterizedTest(name = "{0} {1}: {2}")
    @CsvSource(
            delimiter = '|',
            value = {
                "ADD     | open   | 0 | {}",
                "ADD     |        | 0 | {}",
                "ADD     | closed | 1 | \"code\": 11",
                "CHECK   | open   | 0 | ''",
                "CHECK   | closed | 1 | \"code\": 11",
                "STATUS  | open   | 0 | ''",
                "STATUS  | closed | 1 | \"code\": 11",
                "DEL     | closed | 0 | ''",
                "GC      | closed | 0 | ''",
                "VERSION | closed | 0 | \"supportedVersions\": [\"0.4.0\", \"1.0.0\", \"1.1.0\"]",
                "NONE    | open   | 1 | \"code\": 4",
            })
    void withoutAnAgentTheFailureModeDecides(String command, String failure, int exitCode, String output)
            throws IOException, InterruptedException {
        String more = ",\"prevResult\":{}" + (failure == null ? "" : ",\"captureFailure\": \"" + failure + "\"");
        Files.writeString(directory.resolve("agent"), "999999999\n");

        Result result = run(command, configuration(more), "");

        assertThat(result.exitCode()).isEqualTo(exitCode);
        assertThat(result.output()).contains(output);
        if (exitCode != 0) {
            assertThat(JSON.readTree(result.output()).path("msg").asText()).isNotEmpty();
        }
    }

    @Test
    void excludedNamespacesAreNotAskedAbout() throws IOException, InterruptedException {
        String more = ",\"prevResult\":{},\"captureFailure\":\"closed\",\"excludeNamespaces\":\"kube-system infra\"";

        assertThat(run("ADD", configuration(more), "K8S_POD_NAMESPACE=infra;K8S_POD_NAME=x")
                        .exitCode())
                .isZero();
        assertThat(run("ADD", configuration(more), "K8S_POD_NAMESPACE=inf").exitCode())
                .isEqualTo(1);
    }

    @Test
    void anAddNeedsAPluginBefore() throws IOException, InterruptedException {
        assertThat(run("ADD", configuration(""), "").output()).contains("\"code\": 7");
    }

    @Test
    void theAgentIsToldAllAndItsAnswerIsGiven() throws IOException, InterruptedException {
        try (CniDirectory agent = CniDirectory.open(directory)) {
            assertThat(Files.getPosixFilePermissions(directory))
                    .isEqualTo(PosixFilePermissions.fromString("rwx------"));
            Process plugin = start("ADD", configuration(",\"prevResult\":{\"ips\":[]}"), "A=b;K8S_POD_UID=uid-1");
            List<CniRequest> requests = new ArrayList<>();
            while (!agent.answer(request -> {
                requests.add(request);
                return request.failed(100, "a \"reason\"", "details");
            })) {
                assertThat(plugin.isAlive()).isTrue();
                Thread.onSpinWait();
            }

            Result result = result(plugin);
            assertThat(result.exitCode()).isEqualTo(1);
            assertThat(JSON.readTree(result.output()).path("msg").asText()).isEqualTo("a \"reason\"");
            assertThat(requests).singleElement().satisfies(request -> {
                assertThat(request.command()).isEqualTo("ADD");
                assertThat(request.containerId()).isEqualTo("c1");
                assertThat(request.netns()).isEqualTo("/run/netns/none");
                assertThat(request.podUid()).isEqualTo("uid-1");
                assertThat(request.done()).isEqualTo(new CniAnswer(0, "{\"ips\":[]}"));
            });
            try (var left = Files.list(directory)) {
                assertThat(left).containsExactly(directory.resolve("agent"));
            }
        }
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void anAgentLeavesTheDirectoryToTheNextOne() throws IOException {
        CniDirectory before = CniDirectory.open(directory);
        Files.writeString(directory.resolve("agent"), "1\n");
        Files.writeString(directory.resolve("x.request"), "CNI_COMMAND=DEL\n\n{}");

        assertThat(before.answer(CniRequest::done)).isFalse();
        before.close();

        assertThat(directory.resolve("agent")).exists();
        assertThat(directory.resolve("x.request")).exists();
    }

    @Test
    void whatPluginsHaveLeftIsRemovedOnceItIsOld() throws IOException {
        try (CniDirectory agent = CniDirectory.open(directory)) {
            Instant now = Instant.now();
            for (String name : List.of("old.request", "old.answer", "old.request.new", "young.answer")) {
                Path file = Files.writeString(directory.resolve(name), "x");
                if (name.startsWith("old")) {
                    Files.setLastModifiedTime(file, FileTime.from(now.minusSeconds(61)));
                }
            }
            agent.removeStale(now);

            try (var left = Files.list(directory)) {
                assertThat(left.map(Path::getFileName).map(Path::toString))
                        .containsExactlyInAnyOrder("agent", "young.answer");
            }
        }
    }

    @Test
    void aRequestThatCannotBeReadSpoilsNothing() throws IOException {
        try (CniDirectory agent = CniDirectory.open(directory)) {
            Files.writeString(directory.resolve("a.request"), "no empty line");
            Files.writeString(directory.resolve("b.request"), "CNI_COMMAND=DEL\n\nno JSON");
            Files.writeString(directory.resolve("c.request"), "CNI_COMMAND=DEL\nCNI_CONTAINERID=c\n\n{}");

            agent.answer(CniRequest::done);

            assertThat(directory.resolve("c.answer")).hasContent("0");
            assertThat(directory.resolve("a.request")).doesNotExist();
            assertThat(directory.resolve("b.request")).doesNotExist();
        }
    }
}
