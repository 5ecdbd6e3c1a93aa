package io.signalbox.configservice.kubernetes;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Makes the clients of the API server; who asks it anything does so with one of these. */
public final class KubernetesApi {
    /** How long a connection may take to come about. */
    static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

    /** How long an answer may take to begin. */
    static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(20);

    private KubernetesApi() {}

    /**
     * A client; speaks to nobody yet. Requests that fail are not repeated by it: who asks decides when to ask again.
     *
     * @param kubeconfig how to reach the API server; null: the file that {@code KUBECONFIG} names, else the pod's
     *     service account
     * @throws IOException when the file says nothing that could be understood
     */
    public static KubernetesClient client(@Nullable Path kubeconfig) throws IOException {
        Config config;
        try {
            config = kubeconfig == null ? Config.autoConfigure(null) : Config.fromKubeconfig(kubeconfig.toFile());
        } catch (KubernetesClientException | IllegalArgumentException e) {
            throw new IOException("the kubeconfig cannot be understood: " + e.getMessage(), e);
        }
        config.setConnectionTimeout((int) CONNECT_TIMEOUT.toMillis());
        config.setRequestTimeout((int) REQUEST_TIMEOUT.toMillis());
        config.setRequestRetryBackoffLimit(0);
        // Watches are WebSockets, and lists are few: HTTP/2 would gain nothing.
        config.setHttp2Disable(true);
        return new KubernetesClientBuilder()
                .withConfig(config)
                .withHttpClientFactory(new JdkHttpClientFactory())
                .build();
    }
}
