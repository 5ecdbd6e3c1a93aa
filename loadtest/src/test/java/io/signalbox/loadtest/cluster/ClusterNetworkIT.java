package io.signalbox.loadtest.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.signalbox.loadtest.harness.Commands;
import io.signalbox.loadtest.harness.Tally;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The cluster's own network, without Signalbox: what the other tests stand on. */
class ClusterNetworkIT {
    private static Cluster cluster;
    private static Shop shop;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        cluster = Cluster.create(Path.of("target", "e2e", "ClusterNetworkIT").toAbsolutePath(), Cluster.Source.FILES);
        shop = Shop.open(cluster, 1);
    }

    @AfterAll
    static void stop() throws IOException {
        if (cluster != null) {
            cluster.close();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "catalog",
                "catalog.shop",
                "alias",
                "10.96.1.10",
                "peers:8080",
                "partner.example",
                "unknown.example"
            })
    void reachesEveryKindOfName(String host) throws IOException, InterruptedException {
        assertThat(shop.client().curl("http://" + host + "/").output()).contains("HTTP/1.1 200 OK");
    }

    @ParameterizedTest
    @ValueSource(strings = {"nobody", "catalog.nowhere", "nobody.example"})
    void doesNotKnowOtherNames(String host) throws IOException, InterruptedException {
        assertThat(shop.client().curl("http://" + host + "/").output()).contains("Could not resolve host");
    }

    @Test
    void sendsConnectionsToPodsOfBothNodes() throws IOException, InterruptedException {
        Tally tally = new Tally();
        for (int i = 0; i < 20; i++) {
            tally.answered(
                    shop.client().run("curl", "-s", "http://catalog/").output().strip());
        }
        assertThat(tally.counts()).containsOnlyKeys("server-0", "server-1");
    }

    @ParameterizedTest
    @CsvSource({"1", "2"})
    void givesPodsOfHeadlessServicesNamesOfTheirOwn(int number) throws IOException, InterruptedException {
        String name = "server-" + (number - 1);
        assertThat(shop.client()
                        .run("curl", "-s", "http://" + name + ".peers:8080/")
                        .output()
                        .strip())
                .isEqualTo(name);
    }

    @ParameterizedTest
    @CsvSource({"1", "2"})
    void servesNodePortsFromOutside(int node) throws IOException, InterruptedException {
        Tally tally = new Tally();
        for (int i = 0; i < 20; i++) {
            tally.answered(cluster.outside()
                    .require(
                            "curl",
                            "-s",
                            "--max-time",
                            "5",
                            "http://" + cluster.node(node).address() + ":" + Shop.NODE_PORT)
                    .strip());
        }
        assertThat(tally.counts()).containsOnlyKeys("server-0", "server-1");
    }

    @Test
    void refusesServicesWithoutPods() throws IOException, InterruptedException {
        Commands.Result refused = shop.client().curl("http://empty/");
        assertThat(refused.output()).contains("Failed to connect").doesNotContain("timed out");
    }

    @Test
    void cutsNodesFromEachOtherAndHeals() throws IOException, InterruptedException {
        String far = "http://server-1.peers:8080/";
        String near = "http://server-0.peers:8080/";
        cluster.cutNodes();
        try {
            assertThat(quick(far).output()).contains("timed out");
            assertThat(quick(near).exitCode()).isZero();
        } finally {
            cluster.healNodes();
        }
        assertThat(quick(far).exitCode()).isZero();
    }

    @Test
    void losesPackets() throws IOException, InterruptedException {
        cluster.lose(cluster.node(2), 50);
        String loss;
        try {
            loss = shop.client()
                    .run(
                            "ping",
                            "-q",
                            "-c",
                            "100",
                            "-i",
                            "0.002",
                            "-W",
                            "1",
                            cluster.node(2).address())
                    .output();
        } finally {
            cluster.lose(cluster.node(2), 0);
        }
        // Each way half of what is left.
        assertThat(loss).containsPattern("(6|7|8)\\d% packet loss");
        assertThat(quick("http://server-1.peers:8080/").exitCode()).isZero();
    }

    private static Commands.Result quick(String url) throws IOException, InterruptedException {
        return shop.client().run("curl", "-sS", "--max-time", "1", url);
    }
}
