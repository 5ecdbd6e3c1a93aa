package io.signalbox.loadtest.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A node: a network with a bridge for its pods, kube-proxy's rules, DNS, and an agent if one was started. */
public final class ClusterNode {
    /** All addresses of pods. */
    static final String POD_RANGE = "10.244.0.0/16";

    /** The device that links its pods. */
    static final String BRIDGE = "cni0";

    private static final int FIRST_POD = 2;
    private static final int LAST_POD = 254;

    private final int index;
    private final Fabric.Site site;
    private final NetworkNamespace network;
    private final Cgroup cgroup;
    private final ClusterDns dns;
    private final BitSet used = new BitSet();
    private int lastPod = FIRST_POD - 1;
    private @Nullable NodeAgent agent;

    private ClusterNode(int index, Fabric.Site site, Cgroup cgroup, ClusterDns dns) {
        this.index = index;
        this.site = site;
        this.network = site.namespace();
        this.cgroup = cgroup;
        this.dns = dns;
    }

    static ClusterNode create(String prefix, int index, Fabric fabric, Path directory)
            throws IOException, InterruptedException {
        String name = prefix + "node-" + index;
        NetworkNamespace network = NetworkNamespace.create(name);
        // Before there are devices: they copy the defaults when they are made.
        network.sysctl(
                "net.ipv4.ip_forward=1",
                "net.ipv4.conf.all.rp_filter=0",
                "net.ipv4.conf.default.rp_filter=0",
                "net.ipv4.conf.all.send_redirects=0",
                "net.ipv4.conf.default.send_redirects=0");
        Fabric.Site site = fabric.attach(network, index);
        fabric.route(podRange(index), site);
        network.ip(
                "link add " + BRIDGE + " type bridge",
                "address add " + gateway(index) + "/24 dev " + BRIDGE,
                "link set " + BRIDGE + " up");
        ClusterDns dns = new ClusterDns(network, directory, "dns-" + index);
        network.resolvConf("nameserver " + ClusterDns.ADDRESS + "\n");
        return new ClusterNode(index, site, Cgroup.create(name), dns);
    }

    /** Its name, such as {@code node-1}. */
    public String name() {
        return "node-" + index;
    }

    /** Its address in the network between the nodes. */
    public String address() {
        return site.address();
    }

    /** The network of the node itself, in which its agent runs. */
    public NetworkNamespace network() {
        return network;
    }

    /** The agent that was started last on it, running or not; fails if there was none. */
    public NodeAgent agent() {
        return Optional.ofNullable(agent).orElseThrow(() -> new IllegalStateException(name() + ": no agent"));
    }

    /** Path of the cgroup that holds those of its pods, below the root of the hierarchy. */
    public String podsCgroupPath() throws IOException {
        return podsCgroup().path();
    }

    /** Where an agent meets its successor. */
    Path handoverSocket() {
        return Owner.RUN_FILES.resolve(network.name() + ".sock");
    }

    Fabric.Site site() {
        return site;
    }

    Cgroup podsCgroup() throws IOException {
        return cgroup.child("kubepods");
    }

    void set(NodeAgent newAgent) {
        agent = newAgent;
    }

    /** An address that no pod of it has now; those that were given back are given out as late as possible. */
    String takeAddress() {
        int next = used.nextClearBit(lastPod + 1);
        if (next > LAST_POD) {
            next = used.nextClearBit(FIRST_POD);
        }
        if (next > LAST_POD) {
            throw new IllegalStateException(name() + ": no pod address is left");
        }
        used.set(next);
        lastPod = next;
        return "10.244." + index + "." + next;
    }

    void giveBack(String address) {
        used.clear(Integer.parseInt(address.substring(address.lastIndexOf('.') + 1)));
    }

    /**
     * Gives a pod's network that address and a link to the bridge. The pod reaches everything, its neighbours too,
     * through the node, so that the node sees all connections and answers find their way back through its rules.
     */
    void plugIn(NetworkNamespace pod, String address) throws IOException, InterruptedException {
        String port = "pod-" + address.substring(address.lastIndexOf('.') + 1);
        network.ip(
                "link add " + port + " type veth peer name eth0 netns " + pod.name(),
                "link set " + port + " master " + BRIDGE,
                "link set " + port + " up");
        pod.ip(
                "address add " + address + "/32 dev eth0",
                "link set eth0 up",
                "route add " + gateway(index) + " dev eth0 scope link",
                "route add default via " + gateway(index));
    }

    /** Lets kube-proxy and DNS know. */
    void tell(Collection<ClusterService> services, Collection<PodState> pods, Map<String, List<String>> external)
            throws IOException, InterruptedException {
        network.nft(KubeProxyRules.of(services, pods, POD_RANGE));
        dns.tell(services, pods, external);
    }

    void close() throws IOException {
        if (agent != null) {
            agent.close();
        }
        dns.close();
        Files.deleteIfExists(handoverSocket());
        cgroup.close();
        network.close();
    }

    private static String podRange(int index) {
        return "10.244." + index + ".0/24";
    }

    private static String gateway(int index) {
        return "10.244." + index + ".1";
    }
}
