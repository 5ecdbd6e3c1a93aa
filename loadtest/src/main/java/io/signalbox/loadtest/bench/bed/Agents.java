package io.signalbox.loadtest.bench.bed;

import io.signalbox.loadtest.bench.bed.Candidate.Balance;
import io.signalbox.loadtest.bench.bed.Candidate.Condition;
import io.signalbox.loadtest.bench.bed.Candidate.Program;
import io.signalbox.loadtest.harness.FreePorts;
import io.signalbox.loadtest.harness.Mesh;
import io.signalbox.loadtest.harness.ServiceSpec;
import io.signalbox.loadtest.harness.ServiceSpec.PortProtocol;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Agents with a service for each balancer in front of the backends. Conditions that come and go share an agent, so that
 * what they are compared with is the same process, compiled alike; tracing is for a process's life.
 */
final class Agents implements AutoCloseable {
    private final Path directory;
    private final Backends backends;
    private final List<Candidate> candidates;
    private final TraceSink traces;
    private final Map<Kind, Agent> agents = new EnumMap<>(Kind.class);

    /** Starts nothing yet. */
    Agents(Path directory, Backends backends, List<Candidate> candidates) throws IOException {
        this.directory = directory;
        this.backends = backends;
        this.candidates = candidates.stream()
                .filter(candidate -> candidate.program() == Program.AGENT)
                .toList();
        this.traces = new TraceSink();
    }

    /** The candidate's agent; started, if it is not. */
    Contender start(Candidate candidate) throws IOException {
        Kind kind = candidate.condition() == Condition.TRACED ? Kind.TRACED : Kind.PLAIN;
        Agent agent = agents.get(kind);
        boolean isFirst = agent == null;
        if (agent == null) {
            agent = startAgent(kind);
            agents.put(kind, agent);
        }
        ServiceSpec service = agent.service(candidate.balance());
        return new Contender(
                candidate.name(),
                service.clusterIp() + ":" + service.port(),
                service.host(),
                agent.mesh().agent().process(),
                agent.activities(service.port()).of(candidate.condition()),
                isFirst);
    }

    /** Fails unless spans have come from the agent that is traced, if there is one. */
    void verifyTraces() throws IOException {
        if (agents.containsKey(Kind.TRACED) && traces.spans() == 0) {
            throw new IOException("traced agent: no span arrived (expected: some)");
        }
    }

    @Override
    public void close() {
        agents.values().forEach(agent -> agent.mesh().close());
        traces.close();
    }

    private Agent startAgent(Kind kind) throws IOException {
        Mesh mesh = Mesh.create(directory.resolve("mesh-" + kind.name().toLowerCase(Locale.ROOT)));
        Agent agent = new Agent(mesh, new EnumMap<>(Balance.class));
        int port = FreePorts.next();
        candidates.stream()
                .map(Candidate::balance)
                .distinct()
                .forEach(balance -> agent.services().put(balance, declare(mesh, balance, port)));
        if (kind == Kind.TRACED) {
            mesh.withAgentEnvironment(traces.environment());
        }
        try {
            mesh.pinned(Cpus.REST, Cpus.PROXY).start();
        } catch (IOException | RuntimeException e) {
            mesh.close();
            throw e;
        }
        return agent;
    }

    private ServiceSpec declare(Mesh mesh, Balance balance, int port) {
        PortProtocol protocol = switch (backends.setting().protocol()) {
            case HTTP1 -> PortProtocol.HTTP;
            case HTTP2, GRPC, GRPC_STREAMS -> PortProtocol.GRPC;
            case TCP -> PortProtocol.TCP;
        };
        String name = balance == Balance.ROUND_ROBIN
                ? "bench"
                : "bench-" + balance.name().toLowerCase(Locale.ROOT).replace('_', '-');
        ServiceSpec service = mesh.declare(
                ServiceSpec.of(name, protocol).withPort(port).withTargetPort(backends.port()), backends.addresses());
        String tls = backends.setting().backends() == Setting.Backend.TLS
                ? ", tls: {mode: SIMPLE, caCertificates: %s, sni: %s}".formatted(backends.authority(), Backends.NAME)
                : "";
        mesh.registry().replace(mesh.registry().directory().resolve("rule-" + name + ".yaml"), """
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata: {name: %1$s, namespace: shop%4$s}
                spec: {host: %1$s, trafficPolicy: {loadBalancer: {simple: %2$s}%3$s}}
                """.formatted(
                        name,
                        balance == Balance.PEAK_EWMA ? "UNSPECIFIED" : balance,
                        tls,
                        balance == Balance.PEAK_EWMA ? ", annotations: {signalbox.io/load-balancer: PEAK_EWMA}" : ""));
        return service;
    }

    private enum Kind {
        PLAIN,
        TRACED
    }

    private record Agent(Mesh mesh, Map<Balance, ServiceSpec> services) {
        private ServiceSpec service(Balance balance) {
            ServiceSpec service = services.get(balance);
            if (service == null) {
                throw new IllegalStateException(balance + ": no service (expected: one of " + services.keySet() + ")");
            }
            return service;
        }

        private Activities activities(int port) {
            return new Activities(mesh, port);
        }
    }
}
