package io.signalbox.loadtest.bench.client;

import io.signalbox.loadtest.bench.bed.Contender;
import io.signalbox.loadtest.bench.bed.Cpus;
import io.signalbox.loadtest.bench.bed.Protocol;
import io.signalbox.loadtest.bench.bed.Shape;
import io.signalbox.loadtest.harness.ProgramProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The load generator of nghttp2, on the client's CPU. */
public final class H2Load implements Client {
    private static final Duration GRACE = Duration.ofSeconds(30);
    private static final Pattern REQUESTS =
            Pattern.compile("(?m)^requests: .*? (\\d+) done, (\\d+) succeeded, (\\d+) failed, (\\d+) errored");
    private static final Pattern STATUSES =
            Pattern.compile("(?m)^status codes: (\\d+) 2xx, (\\d+) 3xx, (\\d+) 4xx, (\\d+) 5xx");

    private final Path directory;
    private final Protocol protocol;
    private final Path body;

    /**
     * Speaks that protocol.
     *
     * @param directory for files
     * @param bytes of the body of a request, where it has one
     */
    public H2Load(Path directory, Protocol protocol, int bytes) throws IOException {
        this.directory = directory;
        this.protocol = protocol;
        this.body = Files.writeString(directory.resolve("request-body"), "x".repeat(bytes));
    }

    /** The body that is posted. */
    public Path body() {
        return body;
    }

    @Override
    public Answers saturate(Contender contender, Shape shape, int seconds) throws IOException, InterruptedException {
        return saturate(contender, shape, List.of(), seconds);
    }

    /** The same, as the command behind {@code prefix}. */
    public Answers saturate(Contender contender, Shape shape, List<String> prefix, int seconds)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(prefix);
        command.addAll(command(contender, shape));
        return run(command, contender, shape, seconds);
    }

    /** Sends so many requests a second for that long, whatever the answers take; fails when a request fails. */
    public Latencies atRate(Contender contender, Shape shape, int requestsPerSecond, int seconds)
            throws IOException, InterruptedException {
        Path log = Files.createTempFile(directory, "requests", ".tsv");
        try {
            List<String> command = command(contender, shape);
            command.add(String.format(Locale.ROOT, "--rps=%.3f", (double) requestsPerSecond / shape.connections()));
            command.add("--log-file=" + log);
            Answers answers = run(command, contender, shape, seconds);
            // Of one place for a request, a stream or an HTTP/1.1 connection, a request is due this often.
            long intervalMicros = 1_000_000L * shape.connections() * shape.streams() / requestsPerSecond;
            return Latencies.read(log, intervalMicros, answers);
        } finally {
            Files.delete(log);
        }
    }

    private List<String> command(Contender contender, Shape shape) {
        List<String> command =
                new ArrayList<>(List.of("h2load", "-t", "1", "-c", Integer.toString(shape.connections())));
        command.addAll(protocol.isHttp2() ? List.of("-m", Integer.toString(shape.streams())) : List.of("--h1"));
        command.add("--connect-to=" + contender.address());
        if (protocol == Protocol.GRPC) {
            command.addAll(
                    List.of("-d", body.toString(), "-H", "content-type: application/grpc", "-H", "te: trailers"));
        }
        return command;
    }

    private Answers run(List<String> command, Contender contender, Shape shape, int seconds)
            throws IOException, InterruptedException {
        command.addAll(List.of(
                "-D", Integer.toString(seconds), "http://" + contender.authority() + "/bytes-" + shape.bytes()));
        Path log = Files.createTempFile(directory, "h2load", ".log");
        try (ProgramProcess process = ProgramProcess.start("h2load", Cpus.pinned(Cpus.REST, command), Map.of(), log)) {
            process.awaitExit(Duration.ofSeconds(seconds).plus(GRACE));
            Answers answers = parse(process.log(), seconds);
            if (answers.bad() > 0 || answers.succeeded() == 0) {
                throw new IOException(
                        contender.name() + ": " + answers.bad() + " requests failed, " + answers.succeeded()
                                + " succeeded (expected: all)\n" + String.join(" ", command) + "\n" + process.log()
                                + contender.process().logTail());
            }
            return answers;
        } finally {
            Files.delete(log);
        }
    }

    static Answers parse(String output, int seconds) throws IOException {
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
        return new Answers(succeeded, bad, seconds);
    }
}
