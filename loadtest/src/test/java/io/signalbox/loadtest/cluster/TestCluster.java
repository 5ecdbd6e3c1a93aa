package io.signalbox.loadtest.cluster;

import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.signalbox.loadtest.harness.Poll;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;

/** The cluster of a test class: the {@link Shop}, config services and agents that serve by its objects. */
final class TestCluster implements AutoCloseable {
    /** What the agent adds to answers of backends, and nobody else. */
    static final String PASSED_THE_AGENT = "x-envoy-upstream-service-time:";

    /** For what takes a moment at most. */
    static final Duration DEADLINE = Duration.ofSeconds(60);

    private static final YAMLMapper YAML = new YAMLMapper();

    private final Cluster cluster;
    private final Shop shop;

    private TestCluster(Cluster cluster, Shop shop) {
        this.cluster = cluster;
        this.shop = shop;
    }

    /**
     * Starts it; returns when its agents serve.
     *
     * @param test whose cluster it is
     * @param manifests objects beside those of the shop
     */
    static TestCluster start(
            Class<?> test, Cluster.Source source, int configServices, Capture capture, String manifests)
            throws IOException, InterruptedException {
        Cluster cluster =
                Cluster.create(Path.of("target", "e2e", test.getSimpleName()).toAbsolutePath(), source);
        try {
            TestCluster started = new TestCluster(cluster, Shop.open(cluster, 1));
            started.apply(manifests);
            cluster.startConfigServices(configServices);
            cluster.startAgents(capture);
            cluster.awaitConverged();
            return started;
        } catch (IOException | InterruptedException | RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    Cluster cluster() {
        return cluster;
    }

    Shop shop() {
        return shop;
    }

    /** Adds or replaces all objects of a YAML text. */
    void apply(String manifests) throws IOException, InterruptedException {
        try (MappingIterator<ObjectNode> objects =
                YAML.readerFor(ObjectNode.class).readValues(manifests)) {
            while (objects.hasNext()) {
                cluster.apply(objects.next());
            }
        }
    }

    /** Waits until the pod gets an answer to a GET, head and body, that contains the text in any case. */
    Duration awaitAnswer(Pod pod, String url, String text) {
        return Poll.until(DEADLINE, () -> url + ": no answer with " + text, () -> {
            try {
                return pod.curl(url).output().toLowerCase(Locale.ROOT).contains(text.toLowerCase(Locale.ROOT));
            } catch (IOException e) {
                return false;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        });
    }

    @Override
    public void close() throws IOException {
        cluster.close();
    }
}
