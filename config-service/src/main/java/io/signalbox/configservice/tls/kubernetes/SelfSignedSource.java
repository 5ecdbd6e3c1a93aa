package io.signalbox.configservice.tls.kubernetes;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.signalbox.configservice.tls.CertificateSource;
import io.signalbox.configservice.tls.ServingCertificate;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A certificate of the replicas' own making. It is in a Secret: who finds none creates it, and who finds that another
 * was quicker takes the other's; a renewal replaces the very version that was read, or is left to whoever was quicker.
 * Agents find the CA's certificate in a ConfigMap.
 *
 * <p>Needs {@code get}, {@code create} and {@code update} on secrets and configmaps of its namespace.
 */
public final class SelfSignedSource implements CertificateSource {
    /** Name of the Secret with CA, certificate and keys. */
    public static final String SECRET = "signalbox-config-tls";

    /** Name of the ConfigMap with the CA's certificate. */
    public static final String CONFIG_MAP = "signalbox-config-ca";

    /** How long a change by another replica may go unnoticed. */
    public static final Duration CHECK_INTERVAL = Duration.ofMinutes(1);

    private static final Logger log = LoggerFactory.getLogger(SelfSignedSource.class);
    private static final int MAX_ATTEMPTS = 5;
    private static final Map<String, String> LABELS =
            Map.of("app.kubernetes.io/name", "signalbox", "app.kubernetes.io/component", "config-service");

    private final KubernetesClient client;
    private final String namespace;
    private final List<String> names;
    private final Duration interval;
    private final InstantSource clock;
    private final CountDownLatch closing = new CountDownLatch(1);

    /**
     * Asks nobody yet.
     *
     * @param client closed by its maker
     * @param namespace of Secret and ConfigMap
     * @param names DNS names and IP addresses that agents know the service by
     * @param interval between checks
     */
    public SelfSignedSource(
            KubernetesClient client, String namespace, List<String> names, Duration interval, InstantSource clock) {
        this.client = client;
        this.namespace = namespace;
        this.names = List.copyOf(names);
        this.interval = interval;
        this.clock = clock;
    }

    @Override
    public ServingCertificate load() throws IOException {
        return agree().serving();
    }

    @Override
    public void watch(Consumer<ServingCertificate> changed) {
        Thread.ofVirtual().name("certificate-secret").start(() -> {
            ServingCertificate served = null;
            try {
                while (!closing.await(interval.toMillis(), TimeUnit.MILLISECONDS)) {
                    served = check(served, changed);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private @Nullable ServingCertificate check(
            @Nullable ServingCertificate served, Consumer<ServingCertificate> changed) {
        try {
            ServingCertificate now = agree().serving();
            if (!now.equals(served)) {
                changed.accept(now);
            }
            return now;
        } catch (IOException | RuntimeException e) {
            log.warn("certificate not checked, the old one is served on: reason={}", e.getMessage());
            return served;
        }
    }

    /** What all replicas serve by now, renewed when it was due. */
    private SelfSigned agree() throws IOException {
        try {
            for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
                Secret secret = secret().get();
                SelfSigned held = secret == null ? null : SelfSigned.of(decoded(secret));
                SelfSigned wanted =
                        held == null ? SelfSigned.create(names, clock.instant()) : held.next(names, clock.instant());
                if (wanted.equals(held) || write(secret, wanted)) {
                    publish(wanted);
                    return wanted;
                }
            }
        } catch (KubernetesClientException e) {
            throw new IOException(place() + ": " + e.getMessage(), e);
        } catch (IOException e) {
            throw new IOException(place() + ": " + e.getMessage() + "; delete it to have a new one made", e);
        }
        throw new IOException(place() + ": changed by others " + MAX_ATTEMPTS + " times while it was to be written");
    }

    private String place() {
        return "Secret " + namespace + "/" + SECRET;
    }

    private Resource<Secret> secret() {
        return client.secrets().inNamespace(namespace).withName(SECRET);
    }

    /** False when somebody else was quicker. */
    private boolean write(@Nullable Secret held, SelfSigned wanted) {
        SecretBuilder builder = held == null
                ? new SecretBuilder()
                        .withNewMetadata()
                        .withName(SECRET)
                        .withNamespace(namespace)
                        .withLabels(LABELS)
                        .endMetadata()
                        .withType("kubernetes.io/tls")
                : new SecretBuilder(held);
        Secret secret = builder.withData(encoded(wanted.data())).build();
        try {
            if (held == null) {
                client.secrets().inNamespace(namespace).resource(secret).create();
            } else {
                // With the version that was read, so that the API server refuses it after a change of somebody else.
                client.secrets().inNamespace(namespace).resource(secret).update();
            }
            log.info(
                    "certificate made: secret={}/{} names={} valid_until={}",
                    namespace,
                    SECRET,
                    names,
                    wanted.serving().leaf().getNotAfter().toInstant());
            return true;
        } catch (KubernetesClientException e) {
            if (e.getCode() == HttpURLConnection.HTTP_CONFLICT) {
                return false;
            }
            throw e;
        }
    }

    /** Tells agents whom to trust, before anything is served that they could not know. */
    private void publish(SelfSigned agreed) {
        Map<String, String> data = Map.of(SelfSigned.CA_CERTIFICATE, agreed.trustedPem());
        Resource<ConfigMap> resource =
                client.configMaps().inNamespace(namespace).withName(CONFIG_MAP);
        ConfigMap held = resource.get();
        if (held != null && data.equals(held.getData())) {
            return;
        }
        ConfigMapBuilder builder = held == null
                ? new ConfigMapBuilder()
                        .withNewMetadata()
                        .withName(CONFIG_MAP)
                        .withNamespace(namespace)
                        .withLabels(LABELS)
                        .endMetadata()
                : new ConfigMapBuilder(held);
        ConfigMap wanted = builder.withData(data).build();
        try {
            if (held == null) {
                client.configMaps().inNamespace(namespace).resource(wanted).create();
            } else {
                client.configMaps().inNamespace(namespace).resource(wanted).update();
            }
        } catch (KubernetesClientException e) {
            if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
                throw e;
            }
            log.debug("another replica published the CA: config_map={}/{}", namespace, CONFIG_MAP);
        }
    }

    private static Map<String, String> decoded(Secret secret) {
        Map<String, String> data = new HashMap<>();
        if (secret.getData() != null) {
            secret.getData()
                    .forEach((key, value) ->
                            data.put(key, new String(Base64.getDecoder().decode(value), StandardCharsets.ISO_8859_1)));
        }
        return data;
    }

    private static Map<String, String> encoded(Map<String, String> data) {
        Map<String, String> encoded = new HashMap<>();
        data.forEach((key, value) ->
                encoded.put(key, Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.ISO_8859_1))));
        return encoded;
    }

    @Override
    public void close() {
        closing.countDown();
    }
}
