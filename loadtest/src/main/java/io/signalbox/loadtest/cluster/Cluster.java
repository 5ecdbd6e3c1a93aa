package io.signalbox.loadtest.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.signalbox.loadtest.harness.Launchers;
import io.signalbox.loadtest.harness.Mesh;
import io.signalbox.loadtest.harness.Poll;
import io.signalbox.loadtest.harness.ProgramProcess;
import io.signalbox.loadtest.link.LinkQuality;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;

/**
 * Two nodes with their pods, a control plane, and a world outside. It plays the controllers of a real cluster: a change
 * of a service or pod shows in the objects, in kube-proxy's rules and in DNS at once.
 *
 * <p>Add services and pods, then {@link #startConfigServices} and {@link #startAgents} in any order. Closing removes
 * everything, and so does the end of this process; what a killed process leaves is removed by the next one. Safe for
 * use by several threads.
 */
public final class Cluster implements AutoCloseable {
    /** Address in the world outside, from which clients of node ports come. */
    public static final String OUTSIDE = "10.200.240.2";

    private static final int NODES = 2;
    private static final int OUTSIDE_SUBNET = 240;
    private static final int CONTROL_SUBNET = 250;
    private static final int FIRST_REPLICA = 10;
    static final String SYSTEM_NAMESPACE = "signalbox-system";

    private static final String CONFIG_SERVICE = "signalbox-config." + SYSTEM_NAMESPACE + ".svc.cluster.local";
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    private final String prefix;
    private final Path directory;
    private final ObjectStore store;
    private final Fabric fabric;
    private final Fabric.Site control;
    private final Fabric.Site outside;
    private final List<ClusterNode> nodes = new ArrayList<>();
    private final Map<String, ClusterService> services = new LinkedHashMap<>();
    private final Map<String, Pod> pods = new LinkedHashMap<>();
    private final Map<String, PodState> states = new TreeMap<>();
    private final Map<String, List<String>> external = new TreeMap<>();
    private final Set<String> namespaces = new HashSet<>();
    private final List<ConfigReplica> replicas = new ArrayList<>();
    private final StreamCertificates certificates;
    private final List<ProgramProcess> outsidePrograms = new ArrayList<>();
    private final Thread atExit = new Thread(this::closeQuietly, "remove-cluster");
    private boolean isClosed;

    private Cluster(
            String prefix, Path directory, ObjectStore store, Fabric fabric, Fabric.Site control, Fabric.Site outside)
            throws IOException {
        this.prefix = prefix;
        this.directory = directory;
        this.store = store;
        this.certificates = StreamCertificates.make(CONFIG_SERVICE, directory.resolve("tls"));
        this.fabric = fabric;
        this.control = control;
        this.outside = outside;
    }

    /** Where the config services of a cluster read its objects. */
    public enum Source {
        /** A directory of files; agents are believed who they say that they are. */
        FILES,
        /** An API server, which also reviews the tokens by which agents prove who they are. */
        API_SERVER
    }

    /** A cluster in which nothing runs yet; it keeps its files in {@code directory}, whose content goes. */
    public static Cluster create(Path directory, Source source) throws IOException, InterruptedException {
        Leftovers.remove();
        Mesh.deleteTree(directory);
        Files.createDirectories(directory);
        String prefix = Owner.current().nextPrefix();
        Fabric fabric = Fabric.create(prefix, directory);
        Fabric.Site control = fabric.attach(NetworkNamespace.create(prefix + "control"), CONTROL_SUBNET);
        Fabric.Site outside = fabric.attach(NetworkNamespace.create(prefix + "outside"), OUTSIDE_SUBNET);
        ObjectStore store = switch (source) {
            case FILES -> new FileStore(directory);
            case API_SERVER -> ApiStore.start(control, directory);
        };
        Cluster cluster = new Cluster(prefix, directory, store, fabric, control, outside);
        cluster.declareNamespace(SYSTEM_NAMESPACE);
        Runtime.getRuntime().addShutdownHook(cluster.atExit);
        for (int i = 1; i <= NODES; i++) {
            ClusterNode node = ClusterNode.create(prefix, i, fabric, directory);
            cluster.nodes.add(node);
            cluster.store.put(ClusterObjects.node(node.name(), node.address(), "zone-" + i));
        }
        cluster.tell();
        return cluster;
    }

    /** The node of that number, from 1. */
    public ClusterNode node(int index) {
        return nodes.get(index - 1);
    }

    /** The network of the world outside. */
    public NetworkNamespace outside() {
        return outside.namespace();
    }

    /** The network of the control plane. */
    public NetworkNamespace control() {
        return control.namespace();
    }

    /** A shell command that shows people the objects of the cluster. */
    String lookAtObjects() {
        return store.look();
    }

    /** The config service of that number, from 1, in the order in which they were started. */
    public ConfigReplica configService(int index) {
        return replicas.get(index - 1);
    }

    /** Adds or replaces a service. */
    public synchronized void add(ClusterService service) throws IOException, InterruptedException {
        declareNamespace(service.namespace());
        services.put(service.host(), service);
        store.put(ClusterObjects.service(service));
        if (!service.selector().isEmpty()) {
            store.put(ClusterObjects.endpointSlice(service, states.values()));
        }
        tell();
    }

    /** Adds or replaces any other object, such as a VirtualService. */
    public synchronized void apply(ObjectNode object) throws IOException, InterruptedException {
        store.put(object);
    }

    /**
     * Runs a test server in the world outside, at an address of its own, under a name that DNS knows.
     *
     * @param option of the {@code backend} program
     */
    public synchronized void addOutside(String host, String address, String option, int port)
            throws IOException, InterruptedException {
        outside.namespace().ip("address add " + address + "/32 dev lo");
        fabric.route(address + "/32", outside);
        ProgramProcess server = outside.namespace()
                .start(
                        host,
                        directory.resolve("outside-" + host + ".log"),
                        null,
                        Map.of(),
                        Launchers.backend(),
                        option,
                        host + "=" + address + ":" + port);
        outsidePrograms.add(server);
        external.put(host, List.of(address));
        tell();
        server.awaitReady(DEADLINE, () -> server.log().contains("backend ready"));
    }

    /** Runs a pod; returns when its program is ready and everybody has been told. */
    public Pod run(PodSpec spec) throws IOException, InterruptedException {
        return runAll(List.of(spec)).getFirst();
    }

    /** Runs pods, whose programs start at the same time. */
    public List<Pod> runAll(Collection<PodSpec> specs) throws IOException, InterruptedException {
        List<Pod> started = new ArrayList<>();
        for (PodSpec spec : specs) {
            started.add(create(spec));
        }
        List<Thread> threads = new ArrayList<>();
        List<Throwable> failures = new ArrayList<>();
        for (Pod pod : started) {
            threads.add(Thread.ofPlatform().name("start-" + pod.name()).start(() -> {
                try {
                    pod.startProgram();
                } catch (IOException | RuntimeException e) {
                    synchronized (failures) {
                        failures.add(e);
                    }
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        if (!failures.isEmpty()) {
            throw new IllegalStateException("pods did not start", failures.getFirst());
        }
        for (Pod pod : started) {
            show(pod, PodState.Condition.READY);
        }
        return started;
    }

    /**
     * Deletes a pod as kubelet does: first nobody is sent there any more, then, after the time of a preStop hook, its
     * program is asked to end, and after the grace period it is ended.
     */
    public void delete(Pod pod, Duration preStop, Duration grace) throws IOException, InterruptedException {
        show(pod, PodState.Condition.TERMINATING);
        LockSupport.parkNanos(preStop.toNanos());
        pod.remove(grace);
        synchronized (this) {
            pods.remove(key(pod.state()));
            PodState state = states.remove(key(pod.state()));
            store.delete(ClusterObjects.pod(pod.state()));
            if (state != null) {
                nodes.stream()
                        .filter(node -> node.name().equals(state.node()))
                        .forEach(node -> node.giveBack(state.address()));
            }
            tellSlices(pod.state());
        }
    }

    /** Starts that many config services; returns when they are ready. */
    public void startConfigServices(int count) throws IOException, InterruptedException {
        List<String> options = new ArrayList<>(store.sourceOptions());
        options.addAll(store.authenticationOptions());
        List<String> addresses = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String address = "10.200." + CONTROL_SUBNET + "." + (FIRST_REPLICA + i);
            control.namespace().ip("address add " + address + "/24 dev " + Fabric.UPLINK);
            addresses.add(address);
            replicas.add(new ConfigReplica(
                    "config-service-" + (i + 1), control.namespace(), address, options, certificates, directory));
        }
        synchronized (this) {
            external.put(CONFIG_SERVICE, addresses);
            tell();
        }
        replicas.forEach(ConfigReplica::awaitReady);
    }

    /** Starts an agent on each node; returns when they serve. */
    public void startAgents(Capture capture) throws IOException, InterruptedException {
        for (ClusterNode node : nodes) {
            capture.prepare(node);
            node.set(agent(node, capture, store.identityOptions(node.name()), directory));
        }
        nodes.forEach(node -> node.agent().awaitReady());
    }

    /** Starts an agent on each node out of its image; returns when they serve. Needs an API server. */
    public void startAgents(AgentImage image) throws IOException, InterruptedException {
        for (ClusterNode node : nodes) {
            Path token = Path.of(store.identityOptions(node.name()).getLast());
            node.set(NodeAgent.start(
                    node, CONFIG_SERVICE + ":" + ConfigReplica.GRPC_PORT, image, certificates.ca(), token, directory));
        }
        nodes.forEach(node -> node.agent().awaitReady());
    }

    /** Starts an agent on a node, with data of its own and with the identity of the agent of another node. */
    public NodeAgent startImpostor(ClusterNode node, ClusterNode other) throws IOException {
        Path ownDirectory = Files.createDirectories(directory.resolve("impostor"));
        return agent(node, Capture.REDIRECT, store.identityOptions(other.name()), ownDirectory);
    }

    /** Runs kubectl against the API server of the cluster; fails unless it succeeds. */
    public String kubectl(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("kubectl"));
        command.addAll(store.kubectlOptions());
        command.addAll(Arrays.asList(arguments));
        return control.namespace().require(command.toArray(String[]::new));
    }

    private NodeAgent agent(ClusterNode node, Capture capture, List<String> identity, Path agentDirectory)
            throws IOException {
        List<String> trust =
                new ArrayList<>(List.of("--config-service-ca", certificates.ca().toString()));
        trust.addAll(identity);
        return NodeAgent.start(node, CONFIG_SERVICE + ":" + ConfigReplica.GRPC_PORT, trust, capture, agentDirectory);
    }

    /** Waits until the agents of all nodes serve by everything that the config services know. */
    public void awaitConverged() {
        Poll.until(DEADLINE, () -> "agents have not acked", () -> {
            try {
                int acked = 0;
                for (ConfigReplica replica : replicas) {
                    // An agent is with one of them.
                    for (JsonNode each : replica.rest("/v1/agents").path("agents")) {
                        acked += each.path("acked").asBoolean() ? 1 : 0;
                    }
                }
                return acked == nodes.size();
            } catch (IOException e) {
                return false;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        });
    }

    /** Nothing gets from one node to the other any more. */
    public void cutNodes() throws IOException, InterruptedException {
        fabric.cut(node(1).site(), node(2).site());
    }

    /** Undoes {@link #cutNodes}. */
    public void healNodes() throws IOException, InterruptedException {
        fabric.heal(node(1).site(), node(2).site());
    }

    /** Nothing gets from the node to the control plane or back any more. */
    public void cutFromControl(ClusterNode node) throws IOException, InterruptedException {
        fabric.cut(node.site(), control);
    }

    /** Undoes {@link #cutFromControl}. */
    public void healToControl(ClusterNode node) throws IOException, InterruptedException {
        fabric.heal(node.site(), control);
    }

    /** From now on everything between the node and what is beyond it takes a link of that quality. */
    public void degrade(ClusterNode node, LinkQuality quality) throws IOException, InterruptedException {
        fabric.degrade(node.site(), quality);
    }

    /** Undoes {@link #degrade}. */
    public void restore(ClusterNode node) throws IOException, InterruptedException {
        fabric.restore(node.site());
    }

    @Override
    public void close() throws IOException {
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException e) {
            // The process is at its end: the hook is running.
        }
        removeAll();
    }

    private Pod create(PodSpec spec) throws IOException, InterruptedException {
        ClusterNode node = node(spec.node());
        PodState state;
        synchronized (this) {
            declareNamespace(spec.namespace());
            state = new PodState(
                    spec.namespace(),
                    spec.name(),
                    UUID.randomUUID().toString(),
                    spec.labels(),
                    node.name(),
                    node.takeAddress(),
                    spec.subdomain(),
                    PodState.Condition.NOT_READY);
            // An API server gives it a uid of its own.
            state = state.withUid(store.put(ClusterObjects.pod(state))
                    .path("metadata")
                    .path("uid")
                    .asText());
        }
        Pod pod =
                Pod.create(spec, state, node, prefix + "pod-" + state.address().replace('.', '-'), directory);
        synchronized (this) {
            pods.put(key(state), pod);
            states.put(key(state), state);
        }
        return pod;
    }

    private synchronized void show(Pod pod, PodState.Condition condition) throws IOException, InterruptedException {
        PodState state = pod.state().with(condition);
        states.put(key(state), state);
        store.put(ClusterObjects.pod(state));
        tellSlices(state);
    }

    private void tellSlices(PodState pod) throws IOException, InterruptedException {
        for (ClusterService service : services.values()) {
            if (service.selects(pod)) {
                store.put(ClusterObjects.endpointSlice(service, states.values()));
            }
        }
        tell();
    }

    private void tell() throws IOException, InterruptedException {
        for (ClusterNode node : nodes) {
            node.tell(services.values(), states.values(), external);
        }
    }

    private void declareNamespace(String name) throws IOException, InterruptedException {
        if (namespaces.add(name)) {
            store.put(ClusterObjects.namespace(name));
        }
    }

    private static String key(PodState pod) {
        return pod.namespace() + "/" + pod.name();
    }

    private void closeQuietly() {
        try {
            removeAll();
        } catch (IOException e) {
            // The next cluster removes what is left.
        }
    }

    private synchronized void removeAll() throws IOException {
        if (isClosed) {
            return;
        }
        isClosed = true;
        try {
            for (ClusterNode node : nodes) {
                node.close();
            }
            replicas.forEach(ConfigReplica::close);
            outsidePrograms.forEach(ProgramProcess::close);
            for (Pod pod : pods.values()) {
                pod.remove(Duration.ZERO);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        store.close();
        control.namespace().close();
        outside.namespace().close();
        fabric.close();
    }
}
