package io.signalbox.loadtest.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.signalbox.loadtest.harness.Commands;
import io.signalbox.loadtest.harness.ProgramProcess;
import io.signalbox.loadtest.harness.Tally;
import io.signalbox.loadtest.link.LinkQuality;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The cluster's own network, without Signalbox: what the other tests stand on. */
class ClusterNetworkIT {
    private static final long SEED = 20_261_123;

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
    void delaysPackets() throws IOException, InterruptedException {
        cluster.degrade(cluster.node(2), new LinkQuality(Duration.ofMillis(50), Duration.ofMillis(5), 0, SEED));
        String far;
        String near;
        try {
            far = ping(20, cluster.node(2).address());
            near = ping(20, cluster.node(1).address());
        } finally {
            cluster.restore(cluster.node(2));
        }
        // There and back, each of 45 to 55 ms.
        assertThat(fastestMillis(far)).isBetween(90.0, 110.0);
        assertThat(far).contains(" 0% packet loss");
        assertThat(fastestMillis(near)).isLessThan(20);
        assertThat(fastestMillis(ping(20, cluster.node(2).address()))).isLessThan(20);
    }

    @Test
    void losesPackets() throws IOException, InterruptedException {
        cluster.degrade(cluster.node(2), LinkQuality.loss(20, SEED));
        String loss;
        try {
            loss = ping(200, cluster.node(2).address());
        } finally {
            cluster.restore(cluster.node(2));
        }
        // Of 0.8 that arrive, 0.8 come back.
        assertThat(Integer.parseInt(first("(\\d+)[.\\d]*% packet loss", loss))).isBetween(22, 50);
        assertThat(ping(20, cluster.node(2).address())).contains(" 0% packet loss");
        assertThat(quick("http://server-1.peers:8080/").exitCode()).isZero();
    }

    @Test
    void keepsConnectionsWhileALinkBecomesSlowAndWellAgain() throws IOException, InterruptedException {
        ProgramProcess download = shop.client()
                .start(
                        "download",
                        "curl",
                        "-sS",
                        "--max-time",
                        "20",
                        "--limit-rate",
                        "200k",
                        "-o",
                        "/dev/null",
                        "-w",
                        "%{num_connects} %{size_download}",
                        "http://server-1.peers:8080/source?bytes=400000");
        cluster.degrade(cluster.node(2), LinkQuality.delay(Duration.ofMillis(20)));
        cluster.restore(cluster.node(2));

        assertThat(download.awaitExit(Duration.ofSeconds(30))).isZero();
        assertThat(download.log()).contains("1 400000");
    }

    private static String ping(int count, String address) throws IOException, InterruptedException {
        return shop.client()
                .run("ping", "-q", "-c", Integer.toString(count), "-i", "0.01", "-W", "1", address)
                .output();
    }

    private static double fastestMillis(String ping) {
        return Double.parseDouble(first("= ([\\d.]+)/", ping));
    }

    private static String first(String pattern, String text) {
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        assertThat(matcher.find()).as(text).isTrue();
        return matcher.group(1);
    }

    private static Commands.Result quick(String url) throws IOException, InterruptedException {
        return shop.client().run("curl", "-sS", "--max-time", "1", url);
    }
}
