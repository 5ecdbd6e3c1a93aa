package io.signalbox.loadtest.bench;

import io.signalbox.loadtest.bench.Workload.Load;
import io.signalbox.loadtest.bench.Workload.Suite;
import io.signalbox.loadtest.bench.bed.Candidate;
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
                    List.of(Candidate.agent("1000 services", Condition.THOUSAND_SERVICES))));

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
