package io.signalbox.loadtest.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The load generator of nghttp2, pinned to the client's CPU. */
final class H2Load {
    static final String CLIENT_CPU = "1";

    private static final Pattern REQUESTS =
            Pattern.compile("(?m)^requests: .*? (\\d+) done, (\\d+) succeeded, (\\d+) failed, (\\d+) errored");
    private static final Pattern STATUSES =
            Pattern.compile("(?m)^status codes: (\\d+) 2xx, (\\d+) 3xx, (\\d+) 4xx, (\\d+) 5xx");

    private final Path body;

    /** Posts the content of {@code body} in HTTP/2. */
    H2Load(Path body) {
        this.body = body;
    }

    /** Sends as many requests as it can for that long; fails when a request fails. */
    Result run(Protocol protocol, String address, String authority, int seconds)
            throws IOException, InterruptedException {
        List<String> command = command(protocol, address);
        command.addAll(List.of("-D", Integer.toString(seconds), "http://" + authority + "/unary"));
        return run(command, seconds);
    }

    private List<String> command(Protocol protocol, String address) {
        List<String> command = new ArrayList<>(List.of("taskset", "-c", CLIENT_CPU, "h2load", "-t", "1"));
        command.addAll(protocol.clientOptions());
        command.add("--connect-to=" + address);
        if (protocol == Protocol.HTTP2) {
            command.addAll(
                    List.of("-d", body.toString(), "-H", "content-type: application/grpc", "-H", "te: trailers"));
        }
        return command;
    }

    private static Result run(List<String> command, int seconds) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        Result result = parse(output, seconds);
        if (result.bad() > 0 || result.succeeded() == 0) {
            throw new IOException(String.join(" ", command) + "\n" + output);
        }
        return result;
    }

    static Result parse(String output, int seconds) throws IOException {
        Matcher requests = REQUESTS.matcher(output);
        Matcher statuses = STATUSES.matcher(output);
        if (!requests.find() || !statuses.find()) {
            throw new IOException("h2load: no summary in its output (expected: a line \"requests: ...\")\n" + output);
        }
        long succeeded = Long.parseLong(statuses.group(1));
        long bad = Long.parseLong(requests.group(3))
                + Long.parseLong(requests.group(4))
                + Long.parseLong(statuses.group(2))
                + Long.parseLong(statuses.group(3))
                + Long.parseLong(statuses.group(4));
        return new Result(succeeded, bad, seconds);
    }

    /**
     * What a run gave.
     *
     * @param succeeded requests answered with 2xx
     * @param bad all others
     * @param seconds that it ran
     */
    record Result(long succeeded, long bad, int seconds) {}
}
