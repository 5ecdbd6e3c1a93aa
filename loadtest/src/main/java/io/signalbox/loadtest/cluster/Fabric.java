package io.signalbox.loadtest.cluster;

import java.io.IOException;

/**
 * The network between the nodes: a router with one link to each {@link Site}. It can cut any two of them from each
 * other, so that packets vanish without a word, and make a link lossy.
 */
final class Fabric implements AutoCloseable {
    private final NetworkNamespace router;

    private Fabric(NetworkNamespace router) {
        this.router = router;
    }

    static Fabric create(String prefix) throws IOException, InterruptedException {
        Fabric fabric = new Fabric(NetworkNamespace.create(prefix + "fabric"));
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
        router.ip(
                "link add " + site.port() + " type veth peer name uplink netns " + namespace.name(),
                "address add " + site.gateway() + "/24 dev " + site.port(),
                "link set " + site.port() + " up");
        router.nft("""
                table inet cuts {
                  chain %1$s {}
                  chain forward { jump %1$s; }
                }
                """.formatted(site.port()));
        namespace.ip(
                "address add " + site.address() + "/24 dev uplink",
                "link set uplink up",
                "route add default via " + site.gateway());
        return site;
    }

    /** Makes that range of addresses reachable through the site. */
    void route(String range, Site site) throws IOException, InterruptedException {
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

    /** From now on that part of the packets to the site and from it vanishes; 0: none. */
    void lose(Site site, double percent) throws IOException, InterruptedException {
        String chance = "numgen random mod 10000 < " + Math.round(percent * 100) + " drop";
        router.nft("flush chain inet cuts " + site.port() + (percent == 0 ? "" : """

                        table inet cuts {
                          chain %1$s {
                            iifname "%1$s" %2$s
                            oifname "%1$s" %2$s
                          }
                        }
                        """.formatted(site.port(), chance)));
    }

    @Override
    public void close() throws IOException {
        router.close();
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
