package io.signalbox.configservice;

import io.helidon.webserver.WebServer;
import io.helidon.webserver.WebServerConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A server on a port of its own. */
final class Listener implements AutoCloseable {
    private static final Duration SHUTDOWN_GRACE = Duration.ofMillis(200);

    private final String option;
    private final String addressOption;
    private final InetSocketAddress address;
    private @Nullable WebServer server;

    /**
     * Binds nothing yet.
     *
     * @param option that chooses the port, for messages
     * @param addressOption that chooses the address, for messages
     * @param port 0: any free one
     */
    Listener(String option, String addressOption, InetAddress address, int port) {
        this.option = option;
        this.addressOption = addressOption;
        this.address = new InetSocketAddress(address, port);
    }

    /**
     * Binds and serves. Binds the port itself first: the server logs a failure to bind with a stack trace and returns
     * as if it had started.
     *
     * @param content what is served
     * @throws StartException when the port cannot be bound
     */
    void start(Consumer<WebServerConfig.Builder> content) {
        try (ServerSocketChannel probe = ServerSocketChannel.open()) {
            probe.bind(address);
        } catch (IOException e) {
            throw cannotListen(String.valueOf(e.getMessage()), e);
        }
        WebServerConfig.Builder builder = WebServer.builder()
                .shutdownHook(false)
                .shutdownGracePeriod(SHUTDOWN_GRACE)
                .bindAddress(address);
        content.accept(builder);
        server = builder.build().start();
        if (!server.isRunning()) {
            throw cannotListen("the log says why", new IllegalStateException("server not running"));
        }
    }

    private StartException cannotListen(String reason, Exception cause) {
        return new StartException(
                "cannot listen on " + text(address.getPort()) + ": " + reason + "; choose another " + option + " or "
                        + addressOption + ", or 0 for a free port",
                cause);
    }

    /** The server that runs; to be called after {@link #start}. */
    WebServer server() {
        return Objects.requireNonNull(server, "the listener was not started");
    }

    /** The port that it listens on; to be called after {@link #start}. */
    int port() {
        return server().port();
    }

    private String text(int port) {
        String ip = address.getAddress().getHostAddress();
        return (ip.indexOf(':') >= 0 ? "[" + ip + "]" : ip) + ":" + port;
    }

    /** Address and port that it listens on, or "none" when it was not started. */
    @Override
    public String toString() {
        return server == null ? "none" : text(port());
    }

    @Override
    public void close() {
        if (server != null) {
            server.stop();
        }
    }
}
