package io.signalbox.loadtest.scale;

import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** Many simulated agents on one event loop, each with a connection of its own to one config service. */
final class Fleet implements AutoCloseable {
    private static final int MAX_MESSAGE_BYTES = 64 * 1024 * 1024;
    private static final int HEARTBEAT_MILLIS = 1_000;

    private final MultiThreadIoEventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final List<FleetAgent> agents = new ArrayList<>();
    private final InetSocketAddress configService;
    private final ScheduledFuture<?> heartbeats;

    /** No agents yet. */
    Fleet(InetSocketAddress configService) {
        this.configService = configService;
        heartbeats =
                loop.scheduleAtFixedRate(this::heartbeat, HEARTBEAT_MILLIS, HEARTBEAT_MILLIS, TimeUnit.MILLISECONDS);
    }

    private synchronized void heartbeat() {
        agents.forEach(FleetAgent::heartbeat);
    }

    /**
     * Starts agents, of nodes named by their number.
     *
     * @param count how many
     * @param checked how many of them, the first ones, hold and hash the content
     */
    synchronized void add(int count, int checked, ChangeLog changes) {
        for (int i = 0; i < count; i++) {
            FleetAgent agent = new FleetAgent(
                    FleetRegistry.node(agents.size()),
                    NettyChannelBuilder.forAddress(configService)
                            .usePlaintext()
                            .eventLoopGroup(loop)
                            .channelType(NioSocketChannel.class)
                            .directExecutor()
                            .maxInboundMessageSize(MAX_MESSAGE_BYTES)
                            .build(),
                    i < checked ? new CheckedContent(changes) : null);
            agents.add(agent);
            agent.start();
        }
    }

    /** The agents. */
    synchronized List<FleetAgent> agents() {
        return List.copyOf(agents);
    }

    /** Whether every agent holds just these versions of ports; fails when an agent failed. */
    boolean allHold(Map<Integer, String> versions) {
        boolean all = true;
        for (FleetAgent agent : agents()) {
            if (!agent.failure().isEmpty()) {
                throw new IllegalStateException(agent.failure());
            }
            all &= agent.held().equals(versions);
        }
        return all;
    }

    /** Bytes of messages received by all. */
    long bytes() {
        return agents().stream().mapToLong(FleetAgent::bytes).sum();
    }

    /** Pushes acked by all. */
    long acks() {
        return agents().stream().mapToLong(FleetAgent::acks).sum();
    }

    /** Versions that were compared with the hash of content. */
    long checks() {
        long checks = 0;
        for (FleetAgent agent : agents()) {
            CheckedContent content = agent.content();
            checks += content == null ? 0 : content.checks();
        }
        return checks;
    }

    @Override
    public void close() {
        heartbeats.cancel(false);
        agents().forEach(FleetAgent::close);
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
