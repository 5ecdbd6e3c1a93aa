package io.signalbox.loadtest.bench;

import io.signalbox.loadtest.bench.Workload.Load;
import io.signalbox.loadtest.bench.Workload.Suite;
import io.signalbox.loadtest.bench.bed.Candidate;
import io.signalbox.loadtest.bench.bed.Candidate.Balance;
import io.signalbox.loadtest.bench.bed.Candidate.Condition;
import io.signalbox.loadtest.bench.bed.Candidate.Program;
import io.signalbox.loadtest.bench.bed.Protocol;
import io.signalbox.loadtest.bench.bed.Setting;
import io.signalbox.loadtest.bench.bed.Setting.Backend;
import io.signalbox.loadtest.bench.bed.Shape;
import io.signalbox.loadtest.bench.report.Comparison;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The table of workloads. */
final class Workloads {
    private static final List<Candidate> EVERYBODY = List.of(
            Candidate.of(Program.AGENT),
            Candidate.of(Program.HAPROXY),
            Candidate.of(Program.NGINX),
            Candidate.of(Program.NGHTTPX),
            Candidate.of(Program.ENVOY));

    /** 32 callers at a time in HTTP/1.1. */
    private static final Shape HTTP1_SMALL = new Shape(32, 1, 100);

    /** 96 callers at a time in HTTP/2. */
    private static final Shape HTTP2_SMALL = new Shape(8, 12, 100);

    static final List<Workload> ALL = List.of(
            saturation(Suite.MUST, "http1", "HTTP/1.1, 32 connections, GET, 100 B back", Protocol.HTTP1, HTTP1_SMALL),
            saturation(
                    Suite.MUST,
                    "grpc",
                    "HTTP/2, 8 connections x 12 streams, POST 100 B, 100 B and a trailer back, as a unary gRPC call",
                    Protocol.GRPC,
                    HTTP2_SMALL),
            saturation(
                    Suite.MUST,
                    "tcp",
                    "TCP, 32 connections, bytes of HTTP/1.1 requests, 100 B back",
                    Protocol.TCP,
                    HTTP1_SMALL),
            halfRate("http1-rate", "HTTP/1.1 at half of haproxy's greatest rate", Protocol.HTTP1, 1),
            halfRate("grpc-rate", "HTTP/2, unary gRPC calls, at half of haproxy's greatest rate", Protocol.GRPC, 100),
            agents(
                    Suite.MUST,
                    "services",
                    "HTTP/2, with other services on the same port",
                    List.of(
                            Candidate.agent("10 services", Condition.TEN_SERVICES),
                            Candidate.agent("5000 services", Condition.FIVE_THOUSAND_SERVICES))),
            agents(
                    Suite.MUST,
                    "telemetry",
                    "HTTP/2, with metrics (always counted) read once a second, and with one trace in a hundred sampled and exported",
                    List.of(
                            Candidate.of(Program.AGENT),
                            Candidate.agent("metrics read", Condition.SCRAPED),
                            Candidate.agent("1 % traced", Condition.TRACED))),
            agents(
                    Suite.MUST,
                    "memory",
                    "HTTP/2, with 1,000 other services on the same port",
                    List.of(Candidate.agent("1000 services", Condition.THOUSAND_SERVICES))),
            saturation(
                    Suite.ALL,
                    "http1-10k",
                    "HTTP/1.1, 32 connections, GET, 10 kB back",
                    Protocol.HTTP1,
                    new Shape(32, 1, 10_000)),
            saturation(
                    Suite.ALL,
                    "http1-1m",
                    "HTTP/1.1, 8 connections, GET, 1 MB back",
                    Protocol.HTTP1,
                    new Shape(8, 1, 1_000_000)),
            saturation(
                    Suite.ALL,
                    "http2",
                    "HTTP/2, 8 connections x 12 streams, GET, 100 B back",
                    Protocol.HTTP2,
                    HTTP2_SMALL),
            saturation(
                    Suite.ALL,
                    "http2-10k",
                    "HTTP/2, 8 connections x 12 streams, GET, 10 kB back",
                    Protocol.HTTP2,
                    new Shape(8, 12, 10_000)),
            saturation(
                    Suite.ALL,
                    "http2-1m",
                    "HTTP/2, 4 connections x 2 streams, GET, 1 MB back",
                    Protocol.HTTP2,
                    new Shape(4, 2, 1_000_000)),
            saturation(
                    Suite.ALL,
                    "grpc-10k",
                    "Unary gRPC calls, 8 connections x 12 streams, 10 kB each way",
                    Protocol.GRPC,
                    new Shape(8, 12, 10_000)),
            saturation(
                    Suite.ALL,
                    "grpc-1m",
                    "Unary gRPC calls, 4 connections x 2 streams, 1 MB each way",
                    Protocol.GRPC,
                    new Shape(4, 2, 1_000_000)),
            saturation(
                    Suite.ALL,
                    "grpc-streaming",
                    "gRPC calls that stay open, by grpc-java, 8 connections x 8 streams, 100 B each way in turn; a request is"
                            + " a message with its answer",
                    Protocol.GRPC_STREAMS,
                    new Shape(8, 8, 100)),
            saturation(
                    Suite.ALL,
                    "http1-connections",
                    "HTTP/1.1, 1,000 connections, GET, 100 B back",
                    Protocol.HTTP1,
                    new Shape(1_000, 1, 100)),
            saturation(
                    Suite.ALL,
                    "grpc-connections",
                    "Unary gRPC calls, 1,000 connections x 1 stream, 100 B each way",
                    Protocol.GRPC,
                    new Shape(1_000, 1, 100)),
            saturation(
                    Suite.ALL,
                    "grpc-streams",
                    "Unary gRPC calls, 8 connections x 100 streams, 100 B each way",
                    Protocol.GRPC,
                    new Shape(8, 100, 100)),
            againstPeers(
                    Suite.ALL,
                    "tls",
                    "TLS towards the backends, which are verified; HTTP/1.1 in clear text, 32 connections, 100 B back",
                    new Setting(Protocol.HTTP1, Backend.TLS),
                    HTTP1_SMALL,
                    new Load.Saturation()),
            agents(
                    Suite.ALL,
                    "storm",
                    "HTTP/2, while endpoints of 20 services on the same port change 20 times a second",
                    List.of(Candidate.of(Program.AGENT), Candidate.agent("storm", Condition.STORM))),
            new Workload(
                    "long-tail",
                    Suite.ALL,
                    "Balancers; HTTP/1.1, 5 backends with 16 workers each and lognormal latency, median 4 ms (one 20 ms)",
                    new Setting(Protocol.HTTP1, Backend.LONG_TAILED),
                    new Shape(256, 1, 100),
                    new Load.FixedRate(1_200),
                    List.of(
                            Candidate.of(Program.AGENT, Balance.ROUND_ROBIN),
                            Candidate.of(Program.AGENT, Balance.LEAST_REQUEST),
                            Candidate.of(Program.AGENT, Balance.PEAK_EWMA),
                            Candidate.of(Program.AGENT, Balance.RANDOM),
                            Candidate.of(Program.ENVOY, Balance.ROUND_ROBIN),
                            Candidate.of(Program.ENVOY, Balance.LEAST_REQUEST)),
                    List.of(
                            new Comparison("agent LEAST_REQUEST", "agent ROUND_ROBIN"),
                            new Comparison("agent LEAST_REQUEST", "agent RANDOM"),
                            new Comparison("agent PEAK_EWMA", "agent LEAST_REQUEST"),
                            new Comparison("agent ROUND_ROBIN", "envoy ROUND_ROBIN"),
                            new Comparison("agent LEAST_REQUEST", "envoy LEAST_REQUEST"),
                            new Comparison("agent PEAK_EWMA", "envoy LEAST_REQUEST"))),
            coldStart("http1-cold", "HTTP/1.1", Protocol.HTTP1, 1),
            coldStart("grpc-cold", "Unary gRPC calls", Protocol.GRPC, 100));

    private Workloads() {}

    /** Those of a suite. */
    static List<Workload> of(Suite suite) {
        return ALL.stream()
                .filter(workload -> workload.suite().compareTo(suite) <= 0)
                .toList();
    }

    /** Their names, in order. */
    static List<String> names() {
        return ALL.stream().map(Workload::name).toList();
    }

    private static Workload saturation(Suite suite, String name, String title, Protocol protocol, Shape shape) {
        return againstPeers(suite, name, title, new Setting(protocol, Backend.FAST), shape, new Load.Saturation());
    }

    /** Enough connections that none has to send its requests in bursts. */
    private static Workload halfRate(String name, String title, Protocol protocol, int streams) {
        return againstPeers(
                Suite.MUST,
                name,
                title,
                new Setting(protocol, Backend.FAST),
                new Shape(256, streams, 100),
                new Load.ShareOfHaproxy(0.5));
    }

    private static Workload coldStart(String name, String title, Protocol protocol, int streams) {
        return new Workload(
                name,
                Suite.ALL,
                title + " in the first minute after a start",
                new Setting(protocol, Backend.FAST),
                new Shape(64, streams, 100),
                new Load.ColdStart(5_000, 60),
                List.of(Candidate.of(Program.AGENT), Candidate.of(Program.HAPROXY)),
                List.of(new Comparison("agent", "haproxy")));
    }

    private static Workload againstPeers(
            Suite suite, String name, String title, Setting setting, Shape shape, Load load) {
        List<Candidate> candidates = EVERYBODY.stream()
                .filter(candidate -> can(candidate.program(), setting))
                .toList();
        List<Comparison> comparisons = candidates.stream()
                .skip(1)
                .map(peer -> new Comparison(candidates.getFirst().name(), peer.name()))
                .toList();
        return new Workload(name, suite, title, setting, shape, load, candidates, comparisons);
    }

    /** The last candidates against the first. */
    private static Workload agents(Suite suite, String name, String title, List<Candidate> candidates) {
        return new Workload(
                name,
                suite,
                title,
                new Setting(Protocol.GRPC, Backend.FAST),
                HTTP2_SMALL,
                new Load.Saturation(),
                candidates,
                candidates.stream()
                        .skip(1)
                        .map(candidate -> new Comparison(
                                candidate.name(), candidates.getFirst().name()))
                        .toList());
    }

    private static boolean can(Program program, Setting setting) {
        return program != Program.NGHTTPX || setting.protocol() != Protocol.TCP;
    }

    /** The workload without those programs and what is compared with them. */
    static Workload without(Workload workload, Set<Program> programs) {
        List<Candidate> candidates = workload.candidates().stream()
                .filter(candidate -> !programs.contains(candidate.program()))
                .toList();
        Set<String> names = candidates.stream().map(Candidate::name).collect(Collectors.toSet());
        return new Workload(
                workload.name(),
                workload.suite(),
                workload.title(),
                workload.setting(),
                workload.shape(),
                workload.load(),
                candidates,
                workload.comparisons().stream()
                        .filter(comparison -> names.contains(comparison.of()) && names.contains(comparison.to()))
                        .toList());
    }
}
