package io.signalbox.loadtest;

import io.signalbox.loadtest.backend.Backend;
import io.signalbox.loadtest.harness.Mesh;
import io.signalbox.loadtest.harness.MeshService;
import io.signalbox.loadtest.harness.OtlpReceiver.ReceivedSpan;
import io.signalbox.loadtest.harness.ServiceSpec;
import io.signalbox.loadtest.harness.Tally;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** What the demo prints: plain text, at most 100 columns. */
final class DemoOutput {
    private static final int BAR_COLUMNS = 40;
    private static final int SHOWN_IN_ORDER = 24;

    private final PrintStream out =
            new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
    private int section;

    void line(String text) {
        out.println(text);
    }

    void title(String text) {
        line("");
        line(++section + ". " + text);
    }

    void started(Mesh mesh, Duration took) {
        line("");
        line("Signalbox demo");
        line(String.format(Locale.ROOT, "  ready after %.1f s", took.toMillis() / 1000.0));
        line("  config service   " + mesh.configService().rest().url(""));
        line("  agent            " + mesh.agent().admin().url(""));
        line("  registry         " + mesh.registry().directory());
        line("");
    }

    void services(List<MeshService<?>> services) {
        String format = "  %-9s %-9s %-14s %-17s %s";
        line(format.formatted("SERVICE", "PROTOCOL", "BALANCED BY", "ADDRESS", "ENDPOINTS"));
        for (MeshService<?> service : services) {
            ServiceSpec spec = service.spec();
            line(format.formatted(
                    spec.name(),
                    switch (spec.protocol()) {
                        case HTTP -> "HTTP/1.1";
                        case GRPC -> "gRPC";
                        case HTTP2 -> "HTTP/2";
                        case TCP -> "TCP";
                        case UNDECLARED -> "detected";
                    },
                    spec.balance() == ServiceSpec.Balance.ROUND_ROBIN ? "round robin" : "least request",
                    service.authority(),
                    service.backends().stream()
                            .map(backend -> backend.address().getAddress().getHostAddress())
                            .collect(Collectors.joining(" "))));
        }
    }

    /** The first requests in their order, by the number at the end of the endpoint's name. */
    void order(List<String> endpoints) {
        line("    went to   "
                + endpoints.stream()
                        .limit(SHOWN_IN_ORDER)
                        .map(name -> name.substring(name.lastIndexOf('-') + 1))
                        .collect(Collectors.joining(" "))
                + (endpoints.size() > SHOWN_IN_ORDER ? " ..." : ""));
    }

    void bars(Map<String, Long> counts) {
        long total = total(counts);
        counts.forEach((endpoint, count) -> line(String.format(
                Locale.ROOT, "    %-10s%6d  %5.1f %%  %s", endpoint, count, 100.0 * count / total, "█".repeat((int)
                                Math.round(BAR_COLUMNS * (double) count / total)))));
    }

    void shares(String phase, Map<String, Long> counts) {
        long total = total(counts);
        line(String.format(Locale.ROOT, "    %-17s%7d calls", phase, total)
                + counts.entrySet().stream()
                        .map(entry -> String.format(
                                Locale.ROOT, "   %s %4.1f %%", entry.getKey(), 100.0 * entry.getValue() / total))
                        .collect(Collectors.joining()));
    }

    void ended(Tally tally) {
        line("    " + tally.answered() + " answered, " + tally.failed() + " failed");
        tally.failures().forEach(failure -> line("      " + failure));
    }

    void trace(String traceId, String callerSpanId, List<ReceivedSpan> spans) {
        line("    trace " + traceId);
        line("    caller's span " + callerSpanId);
        String indent = "    ";
        String parent = callerSpanId;
        for (int i = 0; i < spans.size(); i++) {
            String wanted = parent;
            for (ReceivedSpan span :
                    spans.stream().filter(s -> s.parentId().equals(wanted)).toList()) {
                line(String.format(
                        Locale.ROOT,
                        "%s└─ %s span %s  %s  %.2f ms",
                        indent,
                        span.kind().toLowerCase(Locale.ROOT),
                        span.spanId(),
                        span.name(),
                        (span.endNanos() - span.startNanos()) / 1e6));
                indent += "   ";
                String attributeIndent = indent;
                span.attributes().forEach((key, value) -> line("%s   %-32s %s".formatted(attributeIndent, key, value)));
                parent = span.spanId();
            }
        }
    }

    void result(long failed) {
        line("");
        line(failed == 0 ? "Nothing failed." : failed + " FAILED.");
    }

    void tryIt(Mesh mesh, MeshService<?> http, MeshService<?> grpc, MeshService<? extends Backend> tcp) {
        line("");
        line("Everything stays up until Ctrl-C. Try, in another terminal:");
        line("  curl -si http://" + http.authority() + "/ -H 'Host: catalog.shop'");
        line("  grpcurl -plaintext -authority orders.shop -import-path loadtest/src/main/proto \\");
        line("    -proto signalbox/loadtest/v1/echo.proto " + grpc.authority()
                + " signalbox.loadtest.v1.EchoService/Unary");
        line("  curl -s telnet://" + tcp.authority());
        line("  curl -s " + mesh.configService().rest().url("/v1/ports"));
        line("  curl -s " + mesh.agent().admin().url("/connections"));
        line("Edit a file in the registry and see what changes:");
        line("  " + mesh.registry().directory());
    }

    private static long total(Map<String, Long> counts) {
        return Math.max(1, counts.values().stream().mapToLong(Long::longValue).sum());
    }
}
