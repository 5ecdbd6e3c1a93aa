package io.signalbox.configservice;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.signalbox.configservice.kubernetes.KubernetesApi;
import io.signalbox.configservice.source.RegistrySource;
import io.signalbox.configservice.source.kubernetes.KubernetesSource;
import io.signalbox.configservice.source.kubernetes.Pace;
import java.io.IOException;

/** The parts that there are in Kubernetes mode only; without it, neither this nor the client's classes are loaded. */
final class Cluster implements AutoCloseable {
    private final KubernetesClient client;
    private final KubernetesSource source;

    private Cluster(KubernetesClient client, KubernetesSource source) {
        this.client = client;
        this.source = source;
    }

    /**
     * Wires the parts; speaks to nobody.
     *
     * @throws StartException when the kubeconfig cannot be understood
     */
    static Cluster of(SourceOptions.Kubernetes options) {
        try {
            KubernetesClient client = KubernetesApi.client(options.kubeconfig());
            return new Cluster(
                    client, new KubernetesSource(client, options.namespaces(), Pace.DEFAULT, System::nanoTime));
        } catch (IOException e) {
            throw new StartException("cannot reach the cluster: " + e.getMessage(), e);
        }
    }

    RegistrySource source() {
        return source;
    }

    /** The client that all parts share. */
    KubernetesClient client() {
        return client;
    }

    @Override
    public void close() {
        client.close();
    }
}
