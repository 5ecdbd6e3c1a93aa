package io.signalbox.agent.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.grpc.ManagedChannel;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import io.signalbox.agent.apply.Dataplane;
import io.signalbox.agent.stats.Counter;
import io.signalbox.agent.stats.EndpointStats;
import io.signalbox.agent.testkit.BackendSpec;
import io.signalbox.agent.testkit.GrpcPeer;
import io.signalbox.agent.testkit.Snapshots;
import io.signalbox.agent.testkit.TestDataplane;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Limits of a backend whose callers speak HTTP/2. */
@Timeout(60)
class Http2LimitsTest {
    private static final String ADDRESS = "127.9.1.5";

    private final Dataplane dataplane = TestDataplane.start(TestDataplane.config());
    private final GrpcPeer peer = new GrpcPeer("peer", 0, Integer.MAX_VALUE);
    private final int port = TestDataplane.freePort();
    private final BackendSpec web = new BackendSpec();
    private final ManagedChannel channel = GrpcPeer.channel(ADDRESS, port, "web");
    private final LinkedBlockingQueue<String> echoed = new LinkedBlockingQueue<>();

    @AfterEach
    void close() {
        channel.shutdownNow();
        dataplane.close();
        peer.close();
    }

    private void serve() {
        web.at(Snapshots.local(peer.port()).get(0));
        dataplane.apply(Snapshots.update(web.http(port, ADDRESS)));
    }

    private String call() {
        byte[] answer = ClientCalls.blockingUnaryCall(
                channel, GrpcPeer.UNARY, GrpcPeer.options(), "x".getBytes(StandardCharsets.UTF_8));
        return new String(answer, StandardCharsets.UTF_8);
    }

    /** A call that runs until it is told to end. */
    private StreamObserver<byte[]> openCall() {
        StreamObserver<byte[]> requests = ClientCalls.asyncBidiStreamingCall(
                channel.newCall(GrpcPeer.BIDI, GrpcPeer.options()), new StreamObserver<>() {
                    @Override
                    public void onNext(byte[] message) {
                        echoed.add(new String(message, StandardCharsets.UTF_8));
                    }

                    @Override
                    public void onError(Throwable failure) {
                        echoed.add(failure.toString());
                    }

                    @Override
                    public void onCompleted() {
                        echoed.add("end");
                    }
                });
        requests.onNext("x".getBytes(StandardCharsets.UTF_8));
        return requests;
    }

    private String nextEcho() throws InterruptedException {
        return String.valueOf(echoed.poll(20, TimeUnit.SECONDS));
    }

    private long sum(Function<EndpointStats, Counter> counter) {
        return dataplane.stats().get(0).endpoints().values().stream()
                .mapToLong(endpoint -> counter.apply(endpoint).get())
                .sum();
    }

    @Test
    void aConnectionServesNoMoreThanSoManyRequests() {
        web.maxRequestsPerConnection = 2;
        serve();
        for (int i = 0; i < 6; i++) {
            assertThat(call()).contains("peer");
        }
        assertThat(sum(endpoint -> endpoint.connectionsOpened)).isEqualTo(3);
        await().until(() -> sum(endpoint -> endpoint.connectionsActive) == 0);
    }

    @Test
    void requestsOverTheLimitAreRefused() throws Exception {
        web.maxRequests = 1;
        serve();
        StreamObserver<byte[]> running = openCall();
        assertThat(nextEcho()).isEqualTo("x");
        assertThatThrownBy(this::call).hasMessageContaining("UNAVAILABLE").hasMessageContaining("overflow");
        running.onCompleted();
        assertThat(nextEcho()).isEqualTo("end");
        await().untilAsserted(() -> assertThat(call()).contains("peer"));
    }

    @Test
    void requestsWaitWhereOneConnectionMayHaveOneStream() throws Exception {
        web.maxConnections = 1;
        web.maxConcurrentStreams = 1;
        web.maxPendingRequests = 1;
        serve();
        StreamObserver<byte[]> running = openCall();
        assertThat(nextEcho()).isEqualTo("x");
        StreamObserver<byte[]> waiting = openCall();
        await().until(() -> sum(endpoint -> endpoint.active) == 2);
        assertThatThrownBy(this::call).hasMessageContaining("overflow");
        running.onCompleted();
        assertThat(nextEcho()).isEqualTo("end");
        assertThat(nextEcho()).isEqualTo("x");
        waiting.onCompleted();
        assertThat(nextEcho()).isEqualTo("end");
        assertThat(sum(endpoint -> endpoint.connectionsOpened)).isEqualTo(1);
    }
}
