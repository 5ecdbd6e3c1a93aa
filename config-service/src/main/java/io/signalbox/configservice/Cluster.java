package io.signalbox.configservice;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.signalbox.configservice.identity.Authentication;
import io.signalbox.configservice.identity.TokenAuthentication;
import io.signalbox.configservice.identity.kubernetes.ApiTokenReviewer;
import io.signalbox.configservice.kubernetes.KubernetesApi;
import io.signalbox.configservice.pipeline.PipelineState;
import io.signalbox.configservice.publish.AgentView;
import io.signalbox.configservice.source.RegistrySource;
import io.signalbox.configservice.source.kubernetes.KubernetesSource;
import io.signalbox.configservice.source.kubernetes.Pace;
import io.signalbox.configservice.status.LeaseTerms;
import io.signalbox.configservice.status.StatusWriter;
import io.signalbox.configservice.tls.CertificateSource;
import io.signalbox.configservice.tls.kubernetes.SelfSignedSource;
import io.signalbox.configservice.wire.Published;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The parts that there are in Kubernetes mode only; without it, neither this nor the client's classes are loaded. */
final class Cluster implements AutoCloseable {
    private static final String DEFAULT_NAMESPACE = "default";

    /** Name of the Service that agents dial, as the manifests have it. */
    private static final String SERVICE = "signalbox-config-service";

    private final SourceOptions.Kubernetes options;
    private final String replicaName;
    private final KubernetesClient client;
    private final KubernetesSource source;
    private volatile @Nullable StatusWriter status;

    private Cluster(
            SourceOptions.Kubernetes options, String replicaName, KubernetesClient client, KubernetesSource source) {
        this.options = options;
        this.replicaName = replicaName;
        this.client = client;
        this.source = source;
    }

    /**
     * Wires the parts; speaks to nobody.
     *
     * @param replicaName of this process among the replicas
     * @throws StartException when the kubeconfig cannot be understood
     */
    static Cluster of(SourceOptions.Kubernetes options, String replicaName) {
        try {
            KubernetesClient client = KubernetesApi.client(options.kubeconfig());
            return new Cluster(
                    options,
                    replicaName,
                    client,
                    new KubernetesSource(client, options.namespaces(), Pace.DEFAULT, System::nanoTime));
        } catch (IOException e) {
            throw new StartException("cannot reach the cluster: " + e.getMessage(), e);
        }
    }

    RegistrySource source() {
        return source;
    }

    /** Agents show tokens, which the API server reviews. */
    Authentication authentication(StreamSecurity.TokenProof proof) {
        return new TokenAuthentication(
                new ApiTokenReviewer(client),
                proof.audience(),
                proof.account(),
                InstantSource.system(),
                System::nanoTime);
    }

    /**
     * A certificate that the replicas make themselves.
     *
     * @param names that agents know the service by; empty: those of its Service
     */
    CertificateSource certificates(List<String> names, String clusterDomain) {
        String namespace = ownNamespace();
        String service = SERVICE + "." + namespace;
        return new SelfSignedSource(
                client,
                namespace,
                names.isEmpty()
                        ? List.of(SERVICE, service, service + ".svc", service + ".svc." + clusterDomain)
                        : names,
                SelfSignedSource.CHECK_INTERVAL,
                InstantSource.system());
    }

    /** Begins to write back what is decided, if that is asked for. */
    void writeStatus(Supplier<PipelineState> state, Supplier<List<AgentView>> agents, Supplier<Published> published) {
        if (options.writeStatus()) {
            StatusWriter writer = new StatusWriter(
                    client,
                    LeaseTerms.of(
                            leaseNamespace(),
                            replicaName + "_" + ProcessHandle.current().pid()),
                    state,
                    agents,
                    published,
                    source::path,
                    InstantSource.system(),
                    System::nanoTime);
            writer.start();
            status = writer;
        }
    }

    private String leaseNamespace() {
        return options.leaseNamespace().isEmpty() ? ownNamespace() : options.leaseNamespace();
    }

    private String ownNamespace() {
        String own = client.getNamespace();
        return own == null || own.isEmpty() ? DEFAULT_NAMESPACE : own;
    }

    /** There is a new state. Any thread. */
    void changed() {
        StatusWriter writer = status;
        if (writer != null) {
            writer.changed();
        }
    }

    /** Ends writing, so that another replica may. */
    void stopWriting() {
        StatusWriter writer = status;
        if (writer != null) {
            writer.close();
        }
    }

    @Override
    public void close() {
        stopWriting();
        client.close();
    }
}
