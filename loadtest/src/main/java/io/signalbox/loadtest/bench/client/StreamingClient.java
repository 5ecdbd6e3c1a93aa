package io.signalbox.loadtest.bench.client;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import io.signalbox.loadtest.bench.bed.Contender;
import io.signalbox.loadtest.bench.bed.Shape;
import io.signalbox.loadtest.v1.BidiRequest;
import io.signalbox.loadtest.v1.BidiResponse;
import io.signalbox.loadtest.v1.EchoServiceGrpc;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * gRPC calls by grpc-java that stay open for the whole time: on each, a message is sent as soon as the one before was
 * answered. A message and its answer count as one request.
 */
public final class StreamingClient implements Client {
    private static final int END_SECONDS = 30;

    private final int backends;

    /**
     * Of a service with that many backends, each of which must get a stream.
     *
     * @param backends at least 1
     */
    public StreamingClient(int backends) {
        this.backends = backends;
    }

    @Override
    public Answers saturate(Contender contender, Shape shape, int seconds) throws IOException, InterruptedException {
        Run run = new Run(new CountDownLatch(shape.connections() * shape.streams()), shape.bytes());
        List<ManagedChannel> channels = new ArrayList<>();
        try {
            for (int i = 0; i < shape.connections(); i++) {
                ManagedChannel channel = NettyChannelBuilder.forTarget("dns:///" + contender.address())
                        .overrideAuthority(contender.authority())
                        .usePlaintext()
                        .directExecutor()
                        .build();
                channels.add(channel);
                for (int stream = 0; stream < shape.streams(); stream++) {
                    run.open(EchoServiceGrpc.newStub(channel));
                }
            }
            TimeUnit.SECONDS.sleep(seconds);
            long messages = run.messages.sum();
            run.end(contender.name(), backends);
            return new Answers(messages, 0, seconds);
        } finally {
            channels.forEach(ManagedChannel::shutdownNow);
        }
    }

    private static final class Run {
        private final LongAdder messages = new LongAdder();
        private final Set<String> endpoints = ConcurrentHashMap.newKeySet();
        private final CountDownLatch running;
        private final BidiRequest message;
        private volatile boolean isEnding;
        private volatile @Nullable Throwable failure;

        private Run(CountDownLatch running, int bytes) {
            this.running = running;
            this.message = BidiRequest.newBuilder()
                    .setPayload(ByteString.copyFrom(new byte[bytes]))
                    .build();
        }

        private void open(EchoServiceGrpc.EchoServiceStub stub) {
            Stream stream = new Stream();
            StreamObserver<BidiRequest> requests = stub.bidi(stream);
            stream.requests = requests;
            requests.onNext(message);
        }

        private void end(String name, int backends) throws IOException, InterruptedException {
            isEnding = true;
            boolean ended = running.await(END_SECONDS, TimeUnit.SECONDS);
            if (failure != null) {
                throw new IOException(name + ": a stream failed: " + failure, failure);
            }
            if (!ended) {
                throw new IOException(name + ": " + running.getCount() + " streams still run (expected: none)");
            }
            if (endpoints.size() != backends) {
                throw new IOException(
                        name + ": streams went to " + endpoints + " (expected: " + backends + " backends)");
            }
        }

        private final class Stream implements StreamObserver<BidiResponse> {
            private volatile @Nullable StreamObserver<BidiRequest> requests;
            private boolean isNew = true;

            @Override
            public void onNext(BidiResponse response) {
                if (isNew) {
                    isNew = false;
                    endpoints.add(response.getEndpoint());
                }
                messages.increment();
                StreamObserver<BidiRequest> out = requests;
                if (out == null) {
                    throw new IllegalStateException("stream: answered before anything was sent");
                }
                if (isEnding) {
                    out.onCompleted();
                } else {
                    out.onNext(message);
                }
            }

            @Override
            public void onError(Throwable cause) {
                failure = cause;
                running.countDown();
            }

            @Override
            public void onCompleted() {
                running.countDown();
            }
        }
    }
}
