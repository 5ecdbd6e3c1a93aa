package io.signalbox.configservice.telemetry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.signalbox.configservice.pipeline.PipelineObserver;
import io.signalbox.configservice.pipeline.PipelineState;
import io.signalbox.configservice.pipeline.Stage;
import io.signalbox.configservice.publish.PublishObserver;
import io.signalbox.configservice.registry.DestinationRule;
import io.signalbox.configservice.registry.EndpointSlice;
import io.signalbox.configservice.registry.Namespace;
import io.signalbox.configservice.registry.Pod;
import io.signalbox.configservice.registry.Problem;
import io.signalbox.configservice.registry.Service;
import io.signalbox.configservice.source.SourceStatus;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** The program's metrics, in Prometheus' text format. Safe on any thread. */
public final class Telemetry implements PipelineObserver, PublishObserver, AutoCloseable {
    private static final double NANOS_PER_SECOND = 1e9;

    private final PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics gcMetrics = new JvmGcMetrics();
    private final Map<Stage, Timer> stages = new EnumMap<>(Stage.class);
    private final AtomicReference<@Nullable PipelineState> state = new AtomicReference<>();
    private final DistributionSummary pushSize = DistributionSummary.builder("signalbox.config.push.size")
            .description("Size of the pushes sent to agents")
            .baseUnit("bytes")
            .register(meters);
    private final Timer ackDuration = Timer.builder("signalbox.config.push.duration")
            .description("From a push to the agent's answer")
            .serviceLevelObjectives(
                    Duration.ofMillis(5),
                    Duration.ofMillis(25),
                    Duration.ofMillis(100),
                    Duration.ofMillis(500),
                    Duration.ofSeconds(2),
                    Duration.ofSeconds(10))
            .register(meters);
    private final Counter acks = Counter.builder("signalbox.config.ack")
            .description("Pushes that an agent applied whole")
            .register(meters);
    private final Counter nacks = Counter.builder("signalbox.config.nack")
            .description("Pushes that an agent refused in part or whole")
            .register(meters);

    /** Registers all metrics. */
    public Telemetry() {
        for (Stage stage : Stage.values()) {
            stages.put(
                    stage,
                    Timer.builder("signalbox.config.stage.duration")
                            .description("Time of one stage for one change of the registry")
                            .tag("stage", word(stage))
                            .register(meters));
        }
        gauge(
                "signalbox.config.revision",
                "Revision of the registry in force",
                List.of(),
                current -> current.registry().revision().value());
        gauge(
                "signalbox.config.port.active",
                "Ports with a snapshot",
                List.of(),
                current -> current.compilation().snapshot().ports().size());
        for (Problem.Severity severity : Problem.Severity.values()) {
            gauge(
                    "signalbox.config.problem.active",
                    "Findings about what is declared",
                    List.of(Tag.of("severity", word(severity))),
                    current -> current.problems().stream()
                            .filter(problem -> problem.severity() == severity)
                            .count());
        }
        for (String kind : List.of(Namespace.KIND, Service.KIND, EndpointSlice.KIND, Pod.KIND, DestinationRule.KIND)) {
            gauge(
                    "signalbox.config.object.active",
                    "Objects in force",
                    List.of(Tag.of("kind", kind)),
                    current -> current.registry().size(kind));
        }
        new JvmMemoryMetrics().bindTo(meters);
        new JvmThreadMetrics().bindTo(meters);
        new ProcessorMetrics().bindTo(meters);
        new UptimeMetrics().bindTo(meters);
        gcMetrics.bindTo(meters);
    }

    private void gauge(String name, String description, List<Tag> tags, ToDoubleFunction<PipelineState> value) {
        Gauge.builder(name, state, reference -> {
                    PipelineState current = reference.get();
                    return current == null ? 0 : value.applyAsDouble(current);
                })
                .description(description)
                .tags(tags)
                .register(meters);
    }

    /** Shows the number of connected agents. To be called once. */
    public void watchAgents(IntSupplier connected) {
        Gauge.builder("signalbox.config.agent.connected", connected, IntSupplier::getAsInt)
                .description("Agents with a stream")
                .strongReference(true)
                .register(meters);
    }

    /** Shows how well the source knows what is declared. To be called once. */
    public void watchSource(Supplier<SourceStatus> source) {
        Gauge.builder(
                        "signalbox.config.source.synced",
                        source,
                        status -> status.get().synced() ? 1 : 0)
                .description("1 once all that is declared was read")
                .strongReference(true)
                .register(meters);
        for (SourceStatus.State kind : SourceStatus.State.values()) {
            Gauge.builder(
                            "signalbox.config.source.part",
                            source,
                            status -> status.get().parts().stream()
                                    .filter(part -> part.state() == kind)
                                    .count())
                    .description("Parts of the registry source, such as kinds of objects, by how it is with them")
                    .tag("state", word(kind))
                    .strongReference(true)
                    .register(meters);
        }
        Gauge.builder("signalbox.config.source.silence", source, Telemetry::silence)
                .description("Time since the source's quietest part was last heard of")
                .baseUnit("seconds")
                .strongReference(true)
                .register(meters);
    }

    private static double silence(Supplier<SourceStatus> source) {
        return source.get().parts().stream()
                .flatMap(part -> part.sinceContact().stream())
                .mapToDouble(time -> time.toNanos() / NANOS_PER_SECOND)
                .max()
                .orElse(0);
    }

    @Override
    public void onStage(Stage stage, Duration duration) {
        Timer timer = stages.get(stage);
        if (timer != null) {
            timer.record(duration);
        }
    }

    @Override
    public void onState(PipelineState newState) {
        state.set(newState);
    }

    @Override
    public void onPush(int bytes) {
        pushSize.record(bytes);
    }

    @Override
    public void onAck(Duration latency) {
        acks.increment();
        ackDuration.record(latency);
    }

    @Override
    public void onNack(Duration latency) {
        nacks.increment();
        ackDuration.record(latency);
    }

    @Override
    public void onSessionEnd(String reason) {
        meters.counter("signalbox.config.session.end", "reason", reason).increment();
    }

    /** All metrics in Prometheus' text format 0.0.4. */
    public String scrape() {
        return meters.scrape();
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public void close() {
        gcMetrics.close();
        meters.close();
    }
}
