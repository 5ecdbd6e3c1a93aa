package io.signalbox.loadtest.bench.report;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A figure that must not be exceeded.
 *
 * @param title for people
 * @param workload whose result it is read from
 * @param figure that is read
 * @param of contender whose figure it is
 * @param to contender by whose figure it is divided; absent: the figure itself counts
 * @param must the most that will do
 * @param aim the most that is hoped for
 */
public record Requirement(
        String title,
        String workload,
        Figure figure,
        String of,
        @Nullable String to,
        double must,
        double aim) {

    /** All of them, in the order of the table. */
    public static final List<Requirement> ALL = List.of(
            cpu("HTTP/2 CPU, haproxy", "grpc", "haproxy", 0.55, 0.42),
            cpu("HTTP/2 CPU, nghttpx", "grpc", "nghttpx", 0.80, 0.62),
            cpu("HTTP/2 CPU, Envoy", "grpc", "envoy", 0.45, 0.30),
            cpu("HTTP/1.1 CPU, Envoy", "http1", "envoy", 0.45, 0.30),
            cpu("HTTP/1.1 CPU, haproxy", "http1", "haproxy", 1.00, 0.90),
            cpu("HTTP/1.1 CPU, nginx", "http1", "nginx", 1.00, 0.90),
            cpu("TCP CPU, haproxy", "tcp", "haproxy", 1.15, 1.05),
            new Requirement(
                    "HTTP/2 p99 at a fixed rate, haproxy", "grpc-rate", Figure.P99, "agent", "haproxy", 1.10, 1),
            new Requirement(
                    "HTTP/1.1 p99 at a fixed rate, haproxy", "http1-rate", Figure.P99, "agent", "haproxy", 1.10, 1),
            new Requirement(
                    "HTTP/2 CPU, 5,000 services / 10", "services", Figure.CPU, "5000 services", "10 services", 1.05, 1),
            new Requirement(
                    "HTTP/2 CPU, metrics read each second / not",
                    "telemetry",
                    Figure.CPU,
                    "metrics read",
                    "agent",
                    1.10,
                    1),
            new Requirement(
                    "HTTP/2 CPU, 1 % of traces sampled / none",
                    "telemetry", Figure.CPU, "1 % traced", "agent", 1.03, 1),
            new Requirement(
                    "agent's Pss with 1,000 services, MB", "memory", Figure.PSS, "1000 services", null, 120, 100));

    private static Requirement cpu(String title, String workload, String peer, double must, double aim) {
        return new Requirement(title, workload, Figure.CPU, "agent", peer, must, aim);
    }

    /** What was measured; empty if it was not. */
    public Optional<Spread> measured(BenchResult result) {
        return result.workload(workload)
                .flatMap(found ->
                        to == null ? Spread.of(found.values(of, figure)) : found.ratio(new Comparison(of, to), figure));
    }

    /** What it comes to, in words: met, or missed and by how much. */
    public String verdict(Spread measured) {
        if (measured.median() <= aim) {
            return "met, and the aim";
        }
        if (measured.median() <= must) {
            return "met";
        }
        return "**missed by %.0f %%**".formatted((measured.median() / must - 1) * 100);
    }
}
