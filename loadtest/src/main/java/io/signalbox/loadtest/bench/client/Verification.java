package io.signalbox.loadtest.bench.client;

import io.signalbox.loadtest.bench.bed.Contender;
import io.signalbox.loadtest.bench.bed.Protocol;
import io.signalbox.loadtest.bench.bed.Shape;
import io.signalbox.loadtest.harness.ProgramProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Asks a contender with other clients, curl and nghttp, and looks at the answers themselves. */
public final class Verification {
    private static final int REQUESTS = 60;
    private static final Duration DEADLINE = Duration.ofSeconds(30);

    private final Path directory;
    private final Protocol protocol;
    private final int backends;
    private final double leastShare;

    /**
     * Of contenders that speak that protocol.
     *
     * @param directory for files
     * @param backends among which they share requests
     * @param leastShare that each of those must get; 0: some may get nothing
     */
    public Verification(Path directory, Protocol protocol, int backends, double leastShare) {
        this.directory = directory;
        this.protocol = protocol;
        this.backends = backends;
        this.leastShare = leastShare;
    }

    /** Fails unless the body has the size that was asked for, and every backend gets its share. */
    public void verify(Contender contender, Shape shape, Path body) throws IOException, InterruptedException {
        int length = get(
                        contender,
                        "/bytes-" + shape.bytes(),
                        1,
                        protocol == Protocol.GRPC ? List.of("-d", body.toString()) : List.of())
                .length();
        if (length != shape.bytes()) {
            throw new IOException(
                    contender.name() + ": a body of " + length + " bytes (expected: " + shape.bytes() + ")");
        }
        Map<String, Long> answers = get(contender, "/who", REQUESTS, List.of())
                .lines()
                .collect(Collectors.groupingBy(Function.identity(), TreeMap::new, Collectors.counting()));
        long least = (long) (REQUESTS * leastShare);
        boolean isComplete = answers.size() == backends || (leastShare == 0 && answers.size() < backends);
        if (!isComplete || answers.values().stream().anyMatch(count -> count < least)) {
            throw new IOException(contender.name() + ": answers by backend " + answers + " (expected: " + backends
                    + " backends with at least " + least + " each)");
        }
    }

    /** All bodies, one after the other. */
    private String get(Contender contender, String path, int times, List<String> options)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        if (protocol.isHttp2()) {
            command.addAll(List.of("nghttp", "-t", "10", "-m", Integer.toString(times)));
            command.addAll(List.of("-H", ":authority: " + contender.authority()));
            command.addAll(options);
            command.add("http://" + contender.address() + path);
        } else {
            command.addAll(
                    List.of("curl", "-sS", "--fail", "--max-time", "10", "--connect-to", "::" + contender.address()));
            if (protocol == Protocol.TCP) {
                // A backend is chosen for each connection.
                command.addAll(List.of("-H", "Connection: close"));
            }
            command.addAll(Collections.nCopies(times, "http://" + contender.authority() + path));
        }
        Path log = Files.createTempFile(directory, "answers", ".log");
        try (ProgramProcess process = ProgramProcess.start("client", command, Map.of(), log)) {
            int code = process.awaitExit(DEADLINE);
            if (code != 0) {
                throw new IOException(
                        contender.name() + ": " + command.getFirst() + " ended with " + code + " (expected: 0)\n"
                                + process.logTail() + contender.process().logTail());
            }
            return process.log();
        } finally {
            Files.delete(log);
        }
    }
}
