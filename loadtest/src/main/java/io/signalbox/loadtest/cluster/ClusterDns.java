package io.signalbox.loadtest.cluster;

import io.signalbox.loadtest.harness.Commands;
import io.signalbox.loadtest.harness.ProgramProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The cluster's DNS on one node, at the address that all pods ask: services by address, headless ones by their ready
 * pods, pods of headless services by their own names, ExternalName by CNAME, and a few names of the world outside.
 * Everything else does not exist. It is dnsmasq, told anew whenever something changes.
 */
final class ClusterDns implements AutoCloseable {
    /** Where it listens on every node, as NodeLocal DNSCache does. */
    static final String ADDRESS = "10.96.0.10";

    private static final Duration DEADLINE = Duration.ofSeconds(10);

    private final NetworkNamespace network;
    private final Path directory;
    private final String name;
    private List<String> aliases = List.of();
    private String hosts = "";
    private @Nullable ProgramProcess program;

    ClusterDns(NetworkNamespace network, Path directory, String name) throws IOException, InterruptedException {
        this.network = network;
        this.directory = directory;
        this.name = name;
        network.ip("address add " + ADDRESS + "/32 dev lo");
    }

    /** The resolv.conf of a pod in that namespace. */
    static String resolvConf(String namespace) {
        return """
                nameserver %1$s
                search %2$s.svc.cluster.local svc.cluster.local cluster.local
                options ndots:5
                """.formatted(ADDRESS, namespace);
    }

    /**
     * Knows these names from now on.
     *
     * @param external addresses of hosts outside, by name
     */
    void tell(Collection<ClusterService> services, Collection<PodState> pods, Map<String, List<String>> external)
            throws IOException, InterruptedException {
        String newHosts = hosts(services, pods, external);
        List<String> newAliases = services.stream()
                .filter(service -> service.kind() == ClusterService.Kind.EXTERNAL_NAME)
                .map(service -> "--cname=" + service.host() + "," + service.externalName())
                .sorted()
                .toList();
        boolean isSame = newHosts.equals(hosts) && newAliases.equals(aliases) && program != null;
        if (isSame) {
            return;
        }
        Path file = directory.resolve(name + ".hosts");
        Files.writeString(file, newHosts);
        hosts = newHosts;
        if (program != null && newAliases.equals(aliases)) {
            // Reads its hosts again and forgets what it has told.
            Commands.require("kill", "-HUP", Long.toString(program.pid()));
            return;
        }
        // Aliases are options of its command line.
        close();
        aliases = newAliases;
        List<String> command = new ArrayList<>(List.of(
                "dnsmasq",
                "--keep-in-foreground",
                "--conf-file=/dev/null",
                "--user=root",
                "--pid-file=",
                "--log-facility=-",
                "--no-resolv",
                "--no-hosts",
                "--bind-interfaces",
                "--listen-address=" + ADDRESS,
                "--local=/#/",
                "--addn-hosts=" + file));
        command.addAll(aliases);
        ProgramProcess started = network.start(
                "dnsmasq", directory.resolve(name + ".log"), null, Map.of(), command.toArray(String[]::new));
        program = started;
        started.awaitReady(DEADLINE, () -> started.log().contains("read " + file));
    }

    @Override
    public void close() {
        if (program != null) {
            program.close();
            program = null;
        }
    }

    /** Lines of a hosts file. */
    static String hosts(
            Collection<ClusterService> services, Collection<PodState> pods, Map<String, List<String>> external) {
        StringBuilder lines = new StringBuilder();
        external.forEach((host, addresses) -> addresses.forEach(address -> line(lines, address, host)));
        for (ClusterService service : services) {
            switch (service.kind()) {
                case CLUSTER_IP, NODE_PORT -> line(lines, service.clusterIp(), service.host());
                case HEADLESS ->
                    pods.stream()
                            .filter(service::selects)
                            .filter(pod -> pod.is(PodState.Condition.READY))
                            .forEach(pod -> {
                                line(lines, pod.address(), service.host());
                                if (pod.subdomain().equals(service.name())) {
                                    line(lines, pod.address(), pod.name() + "." + service.host());
                                }
                            });
                case EXTERNAL_NAME -> {
                    // A CNAME is no line of a hosts file.
                }
            }
        }
        return lines.toString();
    }

    private static void line(StringBuilder lines, String address, String host) {
        lines.append(address).append(' ').append(host).append('\n');
    }
}
