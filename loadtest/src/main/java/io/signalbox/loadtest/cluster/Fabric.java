package io.signalbox.loadtest.cluster;

import io.signalbox.loadtest.harness.Launchers;
import io.signalbox.loadtest.harness.ProgramProcess;
import io.signalbox.loadtest.link.LinkQuality;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The network between the nodes: a router with one link to each {@link Site}. It can cut any two of them from each
 * other, so that packets vanish without a word, and make a link slow and lossy.
 */
final class Fabric implements AutoCloseable {
    /** The device of each site that leads here. */
    static final String UPLINK = "uplink";

    private static final Duration DEADLINE = Duration.ofSeconds(30);

    private final NetworkNamespace router;
    private final Path directory;
    private final Map<Site, List<String>> ranges = new HashMap<>();
    private final Map<Site, ProgramProcess> slowLinks = new HashMap<>();

    private Fabric(NetworkNamespace router, Path directory) {
        this.router = router;
        this.directory = directory;
    }

    /** A router without links; it keeps its files in {@code directory}. */
    static Fabric create(String prefix, Path directory) throws IOException, InterruptedException {
        Fabric fabric = new Fabric(NetworkNamespace.create(prefix + "fabric"), directory);
        fabric.router.sysctl(
                "net.ipv4.ip_forward=1", "net.ipv4.conf.all.rp_filter=0", "net.ipv4.conf.default.rp_filter=0");
        fabric.router.nft("""
                table inet cuts {
                  set cut { type ifname . ifname; }
                  chain forward {
                    type filter hook forward priority filter;
                    iifname . oifname @cut drop
                  }
                }
                """);
        return fabric;
    }

    /** Links a namespace to it: the site's address is {@code 10.200.SUBNET.2}, and its default route leads here. */
    Site attach(NetworkNamespace namespace, int subnet) throws IOException, InterruptedException {
        Site site = new Site(namespace, subnet);
        ranges.put(site, new ArrayList<>());
        link(site);
        return site;
    }

    /** Makes that range of addresses reachable through the site. */
    void route(String range, Site site) throws IOException, InterruptedException {
        ranges(site).add(range);
        router.ip("route add " + range + " via " + site.address());
    }

    /** From now on nothing gets from one to the other, in either direction. */
    void cut(Site one, Site other) throws IOException, InterruptedException {
        router.nft("add element inet cuts cut " + pairs(one, other));
    }

    /** Undoes {@link #cut}. */
    void heal(Site one, Site other) throws IOException, InterruptedException {
        router.nft("delete element inet cuts cut " + pairs(one, other));
    }

    /**
     * From now on the link of the site is of that quality, in place of the one that it has. Connections live on, except
     * those whose source the site hides behind its own address.
     */
    void degrade(Site site, LinkQuality quality) throws IOException, InterruptedException {
        String near = "near-" + site.subnet();
        String far = "far-" + site.subnet();
        List<String> command = new ArrayList<>(List.of(Launchers.link(), near, far));
        command.addAll(quality.options());
        ProgramProcess slowLink =
                router.start(near, directory.resolve(near + ".log"), null, Map.of(), command.toArray(String[]::new));
        slowLink.awaitReady(DEADLINE, () -> router.has(far));
        unlink(site);
        slowLinks.put(site, slowLink);
        router.ip(
                "link set " + near + " name " + site.port(),
                "link set " + far + " netns " + site.namespace().name() + " name " + UPLINK);
        configure(site);
    }

    /** Undoes {@link #degrade}. */
    void restore(Site site) throws IOException, InterruptedException {
        unlink(site);
        link(site);
    }

    @Override
    public void close() throws IOException {
        slowLinks.values().forEach(ProgramProcess::close);
        router.close();
    }

    private void link(Site site) throws IOException, InterruptedException {
        router.ip("link add " + site.port() + " type veth peer name " + UPLINK + " netns "
                + site.namespace().name());
        configure(site);
    }

    private void unlink(Site site) throws IOException, InterruptedException {
        ProgramProcess slowLink = slowLinks.remove(site);
        if (slowLink == null) {
            router.ip("link delete " + site.port());
        } else {
            // The devices go with the process.
            slowLink.kill();
            slowLink.awaitExit(DEADLINE);
        }
    }

    /** Gives both ends of a new link their addresses and routes. */
    private void configure(Site site) throws IOException, InterruptedException {
        List<String> lines = new ArrayList<>(
                List.of("address add " + site.gateway() + "/24 dev " + site.port(), "link set " + site.port() + " up"));
        ranges(site).forEach(range -> lines.add("route add " + range + " via " + site.address()));
        router.ip(lines.toArray(String[]::new));
        site.namespace()
                .ip(
                        "address add " + site.address() + "/24 dev " + UPLINK,
                        "link set " + UPLINK + " up",
                        "route add default via " + site.gateway());
    }

    private List<String> ranges(Site site) {
        return Objects.requireNonNull(ranges.get(site), site::port);
    }

    private static String pairs(Site one, Site other) {
        return "{ \"%1$s\" . \"%2$s\", \"%2$s\" . \"%1$s\" }\n".formatted(one.port(), other.port());
    }

    /**
     * A namespace that is linked to the fabric.
     *
     * @param namespace the network there
     * @param subnet the third number of its addresses
     */
    record Site(NetworkNamespace namespace, int subnet) {
        /** Its address on the link. */
        String address() {
            return "10.200." + subnet + ".2";
        }

        private String gateway() {
            return "10.200." + subnet + ".1";
        }

        private String port() {
            return "port-" + subnet;
        }
    }
}
