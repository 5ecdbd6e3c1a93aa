package io.signalbox.configservice.rest;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import io.signalbox.config.v1.Resource;
import io.signalbox.configservice.publish.AgentView;
import io.signalbox.configservice.registry.Problem;
import io.signalbox.configservice.registry.Provenance;
import io.signalbox.configservice.wire.EncodedPort;
import io.signalbox.configservice.wire.EncodedResource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the API shows, in the shape of its JSON: the accessor {@code heldVersion} is the key {@code held_version}. */
final class Views {
    private Views() {}

    record Agents(List<Agent> agents) {}

    record Agent(
            String node,
            String replica,
            String zone,
            String agentVersion,
            String connectedSince,
            String lastHeard,
            boolean acked,
            boolean pushInFlight,
            long pushes,
            long acks,
            long nacks,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Double lastAckLatencyMillis,

            List<AgentPort> ports) {}

    record AgentPort(
            int port,
            String heldVersion,
            String publishedVersion,
            boolean acked,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) String refusedReason,
            long sentBytes) {}

    record Ports(long revision, List<PortSummary> ports) {}

    record PortSummary(
            int port,
            String version,
            int addressFrontends,
            int sniFrontends,
            int virtualHosts,
            int backends,
            int endpoints,
            int bytes) {}

    record Port(
            int port,
            String version,
            List<String> versions,
            long revision,
            List<JsonNode> addressFrontends,
            List<JsonNode> sniFrontends,
            List<JsonNode> virtualHosts,
            List<JsonNode> backends) {}

    record Problems(long revision, List<ProblemView> problems) {}

    record ProblemView(
            String severity,
            String kind,
            String namespace,
            String name,
            String path,
            String message,
            PlaceView declaredAt) {}

    record Validation(boolean valid, List<FindingView> problems) {}

    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    record FindingView(
            String severity, String message, String kind, String namespace, String name, String path, int document) {}

    record PlaceView(
            String file,
            int document,
            @JsonInclude(JsonInclude.Include.NON_DEFAULT) int item) {}

    static Agent agent(AgentView view) {
        List<AgentPort> ports = view.ports().stream()
                .map(port -> new AgentPort(
                        port.port(),
                        port.heldVersion(),
                        port.publishedVersion(),
                        port.isAcked(),
                        port.refusedReason(),
                        port.sentBytes()))
                .toList();
        return new Agent(
                view.node(),
                view.replica(),
                view.zone(),
                view.agentVersion(),
                view.connectedSince().toString(),
                view.lastHeard().toString(),
                ports.stream().allMatch(AgentPort::acked),
                view.pushInFlight(),
                view.pushes(),
                view.acks(),
                view.nacks(),
                view.lastAckLatency()
                        .map(latency -> latency.toNanos() / 1_000_000.0)
                        .orElse(null),
                ports);
    }

    static PortSummary portSummary(EncodedPort port) {
        Map<Resource.KindCase, Integer> counts = new EnumMap<>(Resource.KindCase.class);
        int endpoints = 0;
        int bytes = 0;
        for (EncodedResource encoded : port.resources()) {
            Resource resource = encoded.message();
            bytes += resource.getSerializedSize();
            counts.merge(resource.getKindCase(), 1, Integer::sum);
            endpoints += resource.getBackend().getEndpointsCount();
        }
        return new PortSummary(
                port.port(),
                port.version().value(),
                counts.getOrDefault(Resource.KindCase.ADDRESS_FRONTEND, 0),
                counts.getOrDefault(Resource.KindCase.SNI_FRONTEND, 0),
                counts.getOrDefault(Resource.KindCase.VIRTUAL_HOST, 0),
                counts.getOrDefault(Resource.KindCase.BACKEND, 0),
                endpoints,
                bytes);
    }

    /** A port; {@code versions} are those held, newest first. */
    static Port port(EncodedPort port, List<String> versions, long revision) {
        List<JsonNode> frontends = new ArrayList<>();
        List<JsonNode> names = new ArrayList<>();
        List<JsonNode> virtualHosts = new ArrayList<>();
        List<JsonNode> backends = new ArrayList<>();
        for (EncodedResource encoded : port.resources()) {
            Resource resource = encoded.message();
            switch (resource.getKindCase()) {
                case ADDRESS_FRONTEND -> frontends.add(MessageJson.of(resource.getAddressFrontend()));
                case SNI_FRONTEND -> names.add(MessageJson.of(resource.getSniFrontend()));
                case VIRTUAL_HOST -> virtualHosts.add(MessageJson.of(resource.getVirtualHost()));
                case BACKEND -> backends.add(MessageJson.of(resource.getBackend()));
                case KIND_NOT_SET -> {}
            }
        }
        return new Port(
                port.port(), port.version().value(), versions, revision, frontends, names, virtualHosts, backends);
    }

    static ProblemView problem(Problem problem) {
        return new ProblemView(
                word(problem.severity()),
                problem.object().kind(),
                problem.object().namespace(),
                problem.object().name(),
                problem.path(),
                problem.message(),
                place(problem.provenance()));
    }

    static Validation validation(List<Problem> problems) {
        return new Validation(
                problems.stream().noneMatch(problem -> problem.severity() == Problem.Severity.ERROR),
                problems.stream().map(Views::finding).toList());
    }

    private static FindingView finding(Problem problem) {
        return new FindingView(
                problem.severity() == Problem.Severity.ERROR ? "error" : "warning",
                problem.message(),
                problem.object().kind(),
                problem.object().namespace(),
                problem.object().name(),
                problem.path(),
                problem.provenance().document());
    }

    static PlaceView place(Provenance provenance) {
        return new PlaceView(provenance.unit(), provenance.document(), provenance.item());
    }

    static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
