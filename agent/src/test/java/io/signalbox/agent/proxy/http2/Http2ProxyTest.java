package io.signalbox.agent.proxy.http2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.signalbox.agent.apply.Dataplane;
import io.signalbox.agent.model.LoadBalancer;
import io.signalbox.agent.testkit.GrpcPeer;
import io.signalbox.agent.testkit.Snapshots;
import io.signalbox.agent.testkit.TestDataplane;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** gRPC through a running dataplane, with grpc-java at both ends. */
@Timeout(60)
class Http2ProxyTest {
    private static final String SERVICE_ADDRESS = "127.9.0.1";
    private static final String HOST = "echo.test";

    private final List<AutoCloseable> open = new ArrayList<>();
    private final Dataplane dataplane = TestDataplane.start(TestDataplane.config());
    private final int port = TestDataplane.freePort();

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable closeable : open.reversed()) {
            closeable.close();
        }
        dataplane.close();
    }

    private GrpcPeer peer(String name) {
        return peer(name, Integer.MAX_VALUE);
    }

    private GrpcPeer peer(String name, int maxConcurrentStreams) {
        GrpcPeer peer = new GrpcPeer(name, 0, maxConcurrentStreams);
        open.add(peer);
        return peer;
    }

    private ManagedChannel channel(String authority) {
        ManagedChannel channel = GrpcPeer.channel(SERVICE_ADDRESS, port, authority);
        open.add(channel::shutdownNow);
        return channel;
    }

    private void serve(LoadBalancer policy, int... endpointPorts) {
        dataplane.apply(
                Snapshots.update(Snapshots.http(port, SERVICE_ADDRESS, HOST, policy, Snapshots.local(endpointPorts))));
    }

    private static String unary(ManagedChannel channel, String request) {
        byte[] response = ClientCalls.blockingUnaryCall(
                channel, GrpcPeer.UNARY, GrpcPeer.options(), request.getBytes(StandardCharsets.UTF_8));
        return new String(response, StandardCharsets.UTF_8);
    }

    @Test
    void balancesTheRequestsOfOneConnectionRoundRobin() {
        serve(
                LoadBalancer.ROUND_ROBIN,
                peer("a").port(),
                peer("b").port(),
                peer("c").port());
        ManagedChannel channel = channel(HOST);
        Map<String, Integer> counts = new HashMap<>();
        for (int i = 0; i < 300; i++) {
            counts.merge(unary(channel, "x"), 1, Integer::sum);
        }
        assertThat(counts).isEqualTo(Map.of("a x", 100, "b x", 100, "c x", 100));
    }

    @Test
    void usesOneUpstreamConnectionPerEndpointForManyStreams() throws Exception {
        serve(LoadBalancer.LEAST_REQUEST, peer("a").port());
        ManagedChannel channel = channel(HOST);
        callConcurrently(channel, 2000);
        long connections = dataplane.stats().get(0).endpoints().values().stream()
                .mapToLong(endpoint -> endpoint.connectionsOpened.get())
                .sum();
        assertThat(connections).isEqualTo(1);
    }

    @Test
    void opensMoreConnectionsWhereTheEndpointAllowsFewStreams() throws Exception {
        serve(LoadBalancer.LEAST_REQUEST, peer("a", 10).port());
        callConcurrently(channel(HOST), 2000);
        long connections = dataplane.stats().get(0).endpoints().values().stream()
                .mapToLong(endpoint -> endpoint.connectionsOpened.get())
                .sum();
        assertThat(connections).isBetween(2L, 64L);
    }

    private static void callConcurrently(ManagedChannel channel, int calls) throws InterruptedException {
        CountDownLatch done = new CountDownLatch(calls);
        AtomicReference<Throwable> failure = new AtomicReference<>();
        for (int i = 0; i < calls; i++) {
            ClientCalls.asyncUnaryCall(
                    channel.newCall(GrpcPeer.UNARY, GrpcPeer.options()),
                    ("call " + i).getBytes(StandardCharsets.UTF_8),
                    new Done(done, failure));
        }
        assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(failure.get()).isNull();
    }

    @Test
    void passesErrorStatusAndTrailers() {
        serve(LoadBalancer.ROUND_ROBIN, peer("a").port());
        Metadata headers = new Metadata();
        headers.put(GrpcPeer.ECHO, "kept");
        AtomicReference<Metadata> trailers = new AtomicReference<>();
        var channel = ClientInterceptors.intercept(
                channel(HOST),
                MetadataUtils.newAttachHeadersInterceptor(headers),
                MetadataUtils.newCaptureMetadataInterceptor(new AtomicReference<>(), trailers));
        assertThatThrownBy(() -> ClientCalls.blockingUnaryCall(
                        channel, GrpcPeer.UNARY, GrpcPeer.options(), "fail now".getBytes(StandardCharsets.UTF_8)))
                .isInstanceOfSatisfying(StatusRuntimeException.class, e -> {
                    assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
                    assertThat(e.getStatus().getDescription()).isEqualTo("fail now");
                });
        assertThat(trailers.get().get(GrpcPeer.ECHO)).isEqualTo("kept");
    }

    @Test
    void relaysBidirectionalStreamsMessageByMessage() throws Exception {
        serve(LoadBalancer.ROUND_ROBIN, peer("a").port());
        List<String> received = new ArrayList<>();
        CompletableFuture<Void> completed = new CompletableFuture<>();
        AtomicReference<StreamObserver<byte[]>> requests = new AtomicReference<>();
        AtomicInteger next = new AtomicInteger();
        requests.set(ClientCalls.asyncBidiStreamingCall(
                channel(HOST).newCall(GrpcPeer.BIDI, GrpcPeer.options()), new StreamObserver<>() {
                    @Override
                    public void onNext(byte[] message) {
                        received.add(new String(message, StandardCharsets.UTF_8));
                        if (next.incrementAndGet() < 50) {
                            requests.get().onNext(("m" + next.get()).getBytes(StandardCharsets.UTF_8));
                        } else {
                            requests.get().onCompleted();
                        }
                    }

                    @Override
                    public void onError(Throwable failure) {
                        completed.completeExceptionally(failure);
                    }

                    @Override
                    public void onCompleted() {
                        completed.complete(null);
                    }
                }));
        requests.get().onNext("m0".getBytes(StandardCharsets.UTF_8));
        completed.get(30, TimeUnit.SECONDS);
        assertThat(received).hasSize(50).startsWith("m0", "m1").endsWith("m49");
    }

    @Test
    void relaysLargeBodiesBothWays() throws Exception {
        serve(LoadBalancer.ROUND_ROBIN, peer("a").port());
        ManagedChannel channel = channel(HOST);
        long total = 0;
        Iterator<byte[]> messages = ClientCalls.blockingServerStreamingCall(
                channel, GrpcPeer.DOWNLOAD, GrpcPeer.options(), "30000000".getBytes(StandardCharsets.US_ASCII));
        while (messages.hasNext()) {
            total += messages.next().length;
        }
        assertThat(total).isEqualTo(30_000_000);
        assertThat(upload(channel, 20_000, 1000)).isEqualTo("20000000");
    }

    private static String upload(ManagedChannel channel, int messages, int bytes) throws Exception {
        CompletableFuture<String> answer = new CompletableFuture<>();
        ClientCalls.asyncClientStreamingCall(
                channel.newCall(GrpcPeer.UPLOAD, GrpcPeer.options()), new ClientResponseObserver<byte[], byte[]>() {
                    private int left = messages;

                    @Override
                    public void beforeStart(ClientCallStreamObserver<byte[]> requests) {
                        requests.setOnReadyHandler(() -> {
                            while (requests.isReady() && left > 0) {
                                requests.onNext(new byte[bytes]);
                                if (--left == 0) {
                                    requests.onCompleted();
                                }
                            }
                        });
                    }

                    @Override
                    public void onNext(byte[] message) {
                        answer.complete(new String(message, StandardCharsets.US_ASCII));
                    }

                    @Override
                    public void onError(Throwable failure) {
                        answer.completeExceptionally(failure);
                    }

                    @Override
                    public void onCompleted() {
                        // the answer was the message
                    }
                });
        return answer.get(30, TimeUnit.SECONDS);
    }

    @Test
    void slowReaderHoldsBackTheSenderAndNobodyElse() throws Exception {
        GrpcPeer peer = peer("a");
        serve(LoadBalancer.ROUND_ROBIN, peer.port());
        ManagedChannel slow = channel(HOST);
        AtomicReference<ClientCallStreamObserver<byte[]>> call = new AtomicReference<>();
        CountDownLatch first = new CountDownLatch(1);
        AtomicLong received = new AtomicLong();
        CompletableFuture<Void> completed = new CompletableFuture<>();
        ClientCalls.asyncServerStreamingCall(
                slow.newCall(GrpcPeer.DOWNLOAD, GrpcPeer.options()),
                "20000000".getBytes(StandardCharsets.US_ASCII),
                new ClientResponseObserver<byte[], byte[]>() {
                    @Override
                    public void beforeStart(ClientCallStreamObserver<byte[]> stream) {
                        stream.disableAutoRequestWithInitial(1);
                        call.set(stream);
                    }

                    @Override
                    public void onNext(byte[] message) {
                        received.addAndGet(message.length);
                        first.countDown();
                        if (received.get() > 16 * 1024) {
                            call.get().request(1);
                        }
                    }

                    @Override
                    public void onError(Throwable failure) {
                        completed.completeExceptionally(failure);
                    }

                    @Override
                    public void onCompleted() {
                        completed.complete(null);
                    }
                });
        assertThat(first.await(10, TimeUnit.SECONDS)).isTrue();
        ManagedChannel other = channel(HOST);
        for (int i = 0; i < 200; i++) {
            assertThat(unary(other, "x")).isEqualTo("a x");
        }
        assertThat(peer.sentBytes()).isLessThan(4_000_000);
        call.get().request(1);
        completed.get(30, TimeUnit.SECONDS);
        assertThat(received.get()).isEqualTo(20_000_000);
    }

    @Test
    void cancellationReachesTheServer() {
        GrpcPeer peer = peer("a");
        serve(LoadBalancer.ROUND_ROBIN, peer.port());
        var call = channel(HOST).newCall(GrpcPeer.BIDI, GrpcPeer.options());
        StreamObserver<byte[]> requests =
                ClientCalls.asyncBidiStreamingCall(call, new Done(new CountDownLatch(1), new AtomicReference<>()));
        requests.onNext(new byte[10]);
        await().until(() -> dataplane.stats().get(0).endpoints().values().stream()
                .anyMatch(endpoint -> endpoint.active.get() == 1));
        call.cancel("enough", null);
        await().untilAsserted(() -> assertThat(peer.cancelled()).isEqualTo(1));
    }

    @Test
    void retriesOnAnotherEndpointWhereNoConnectionCanBeOpened() {
        serve(LoadBalancer.ROUND_ROBIN, peer("a").port(), TestDataplane.freePort());
        ManagedChannel channel = channel(HOST);
        for (int i = 0; i < 20; i++) {
            assertThat(unary(channel, "x")).isEqualTo("a x");
        }
    }

    @Test
    void answersUnavailableWithoutEndpointAndWithUnreachableOnes() {
        serve(LoadBalancer.ROUND_ROBIN);
        ManagedChannel channel = channel(HOST);
        assertUnavailable(channel, "no healthy upstream");
        serve(LoadBalancer.ROUND_ROBIN, TestDataplane.freePort());
        assertUnavailable(channel, "upstream connect error");
    }

    private static void assertUnavailable(ManagedChannel channel, String text) {
        assertThatThrownBy(() -> unary(channel, "x")).isInstanceOfSatisfying(StatusRuntimeException.class, e -> {
            assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
            assertThat(e.getStatus().getDescription()).contains(text);
        });
    }

    @Test
    void refusesToLoopBackToItselfForAnUnknownHost() {
        serve(LoadBalancer.ROUND_ROBIN, peer("a").port());
        assertUnavailable(channel("nobody.test"), "no service has this Host");
    }

    @Test
    void losesNoCallWhileEndpointsComeAndGo() throws Exception {
        GrpcPeer a = peer("a");
        GrpcPeer b = peer("b");
        GrpcPeer c = peer("c");
        serve(LoadBalancer.ROUND_ROBIN, a.port(), b.port());
        try (Load load = new Load(channel(HOST))) {
            for (int i = 0; i < 30; i++) {
                serve(LoadBalancer.ROUND_ROBIN, a.port(), i % 2 == 0 ? b.port() : c.port());
                load.awaitMore(50);
            }
            assertThat(load.failure()).isNull();
        }
    }

    @Test
    void losesNoCallWhenAServerShutsDownGracefully() throws Exception {
        GrpcPeer a = peer("a");
        GrpcPeer b = peer("b");
        serve(LoadBalancer.ROUND_ROBIN, a.port(), b.port());
        try (Load load = new Load(channel(HOST))) {
            load.awaitMore(200);
            b.shutdownGracefully();
            load.awaitMore(500);
            assertThat(load.failure()).isNull();
        }
    }

    @Test
    void drainsWithoutLosingCalls() throws Exception {
        serve(LoadBalancer.ROUND_ROBIN, peer("a").port());
        ManagedChannel channel = channel(HOST);
        CompletableFuture<String> upload = new CompletableFuture<>();
        StreamObserver<byte[]> requests = ClientCalls.asyncClientStreamingCall(
                channel.newCall(GrpcPeer.UPLOAD, GrpcPeer.options()), new StreamObserver<>() {
                    @Override
                    public void onNext(byte[] message) {
                        upload.complete(new String(message, StandardCharsets.US_ASCII));
                    }

                    @Override
                    public void onError(Throwable failure) {
                        upload.completeExceptionally(failure);
                    }

                    @Override
                    public void onCompleted() {
                        // the answer was the message
                    }
                });
        requests.onNext(new byte[1000]);
        await().until(() -> dataplane.stats().get(0).endpoints().values().stream()
                .anyMatch(endpoint -> endpoint.active.get() == 1));
        Thread drain = Thread.ofVirtual().start(() -> dataplane.drain(Duration.ofSeconds(20)));
        requests.onNext(new byte[1000]);
        requests.onCompleted();
        assertThat(upload.get(10, TimeUnit.SECONDS)).isEqualTo("2000");
        assertThat(drain.join(Duration.ofSeconds(10))).isTrue();
    }

    /** Unary calls, a few at a time, until closed. */
    private static final class Load implements AutoCloseable {
        private final AtomicLong completed = new AtomicLong();
        private volatile @Nullable Throwable failure;
        private final List<Thread> threads = new ArrayList<>();
        private volatile boolean stopped;

        Load(ManagedChannel channel) {
            for (int i = 0; i < 4; i++) {
                threads.add(Thread.ofVirtual().start(() -> {
                    while (!stopped) {
                        try {
                            unary(channel, "x");
                            completed.incrementAndGet();
                        } catch (StatusRuntimeException e) {
                            failure = e;
                        }
                    }
                }));
            }
        }

        void awaitMore(int calls) {
            long target = completed.get() + calls;
            await().pollInterval(Duration.ofMillis(5)).until(() -> completed.get() >= target || failure != null);
        }

        @Nullable
        Throwable failure() {
            return failure;
        }

        @Override
        public void close() {
            stopped = true;
            await().until(() -> threads.stream().noneMatch(Thread::isAlive));
        }
    }

    private record Done(CountDownLatch done, AtomicReference<Throwable> failure) implements StreamObserver<byte[]> {
        @Override
        public void onNext(byte[] message) {}

        @Override
        public void onError(Throwable error) {
            failure.set(error);
            done.countDown();
        }

        @Override
        public void onCompleted() {
            done.countDown();
        }
    }
}
