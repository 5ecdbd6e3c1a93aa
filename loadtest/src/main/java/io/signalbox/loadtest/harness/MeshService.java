package io.signalbox.loadtest.harness;

import io.signalbox.loadtest.backend.Backend;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * A service of a mesh with its backends. Not safe for use by several threads.
 *
 * @param <B> the kind of backend
 */
public final class MeshService<B extends Backend> implements AutoCloseable {
    private final ServiceSpec spec;
    private final int number;
    private final RegistryFiles registry;
    private final Backend.Starter<B> starter;
    private final List<B> started = new ArrayList<>();
    private final List<B> published = new ArrayList<>();

    MeshService(ServiceSpec spec, int number, RegistryFiles registry, Backend.Starter<B> starter) {
        this.spec = spec;
        this.number = number;
        this.registry = registry;
        this.starter = starter;
    }

    public ServiceSpec spec() {
        return spec;
    }

    /** The service's address and port: what clients dial. */
    public InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.ofLiteral(spec.clusterIp()), spec.port());
    }

    /** {@code ADDRESS:PORT} of the service. */
    public String authority() {
        return spec.clusterIp() + ":" + spec.port();
    }

    /** The backends that the registry names. */
    public List<B> backends() {
        return List.copyOf(published);
    }

    /** Names of the backends that the registry names. */
    public List<String> backendNames() {
        return published.stream().map(Backend::name).toList();
    }

    /** Starts one more backend and adds it to the registry. */
    public B add() throws IOException {
        B backend = startOne();
        published.add(backend);
        publish();
        return backend;
    }

    /** Takes a backend out of the registry; it runs on. */
    public void remove(B backend) {
        published.remove(backend);
        publish();
    }

    /** Closes all backends, also those that left the registry. */
    @Override
    public void close() {
        started.forEach(Backend::close);
    }

    void startAll(int replicas) throws IOException {
        for (int i = 0; i < replicas; i++) {
            published.add(startOne());
        }
        publish();
    }

    /** Writes the service's file anew. */
    public void publish() {
        registry.writeService(
                spec,
                published.stream()
                        .map(backend -> backend.address().getAddress())
                        .toList());
    }

    private B startOne() throws IOException {
        int replica = started.size() + 1;
        InetAddress address = InetAddress.ofLiteral("127.2." + number + "." + replica);
        B backend = starter.start(spec.name() + "-" + replica, new InetSocketAddress(address, spec.targetPort()));
        started.add(backend);
        return backend;
    }
}
