package io.signalbox.loadtest.cluster;

import java.io.IOException;
import java.util.List;

/** How the agents of a cluster get the connections of pods. */
public enum Capture {
    /** A rule in the node's network redirects what comes from its pods. */
    REDIRECT {
        @Override
        List<String> options(ClusterNode node) {
            return List.of("--capture", "redirect", "--capture-interfaces", ClusterNode.BRIDGE);
        }
    },
    /** The same, and the agent sees and may keep the address of the caller. */
    TPROXY {
        @Override
        List<String> options(ClusterNode node) {
            return List.of("--capture", "tproxy", "--capture-interfaces", ClusterNode.BRIDGE);
        }

        @Override
        void prepare(ClusterNode node) throws IOException, InterruptedException {
            // Else the bridge shows packets to nftables before TPROXY can give them a socket that lasts.
            node.network().sysctl("net.bridge.bridge-nf-call-iptables=0", "net.bridge.bridge-nf-call-ip6tables=0");
        }
    },
    /** The agent listens inside the network of each pod. */
    PODS {
        @Override
        List<String> options(ClusterNode node) throws IOException {
            return List.of("--capture", "pods", "--pods-cgroup", node.podsCgroupPath());
        }
    };

    /** The agent's options. */
    abstract List<String> options(ClusterNode node) throws IOException;

    /** Sets the node's network up for it; other modes need nothing. */
    void prepare(ClusterNode node) throws IOException, InterruptedException {}
}
