package io.signalbox.agent.admin;

import java.io.IOException;
import java.net.InetSocketAddress;

/** {@code /metrics}, {@code /ready} and {@code /live}, and nothing else, for those who ask from other machines. */
public final class MetricsServer implements AutoCloseable {
    private final PageServer server;

    public MetricsServer(AgentView agent) {
        this.server = new PageServer("signalbox-metrics-", new HealthPages(agent).routes());
    }

    /**
     * Binds and serves; does nothing when it does already.
     *
     * @throws IOException when the address cannot be bound
     */
    public void start(InetSocketAddress address) throws IOException {
        server.start(address);
    }

    /** The bound port. */
    public int port() {
        return server.port();
    }

    @Override
    public void close() {
        server.close();
    }
}
