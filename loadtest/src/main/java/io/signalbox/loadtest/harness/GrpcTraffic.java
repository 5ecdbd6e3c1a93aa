package io.signalbox.loadtest.harness;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.signalbox.loadtest.v1.UnaryRequest;
import io.signalbox.loadtest.v1.UnaryResponse;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** Unary calls over one connection, a fixed number of them at any time, until it is closed. */
public final class GrpcTraffic implements AutoCloseable {
    private static final Duration DEADLINE = Duration.ofSeconds(30);

    private final EchoClient client;
    private final UnaryRequest request;
    private final Tally tally = new Tally();
    private final AtomicInteger running = new AtomicInteger();
    private volatile boolean stopping;

    private GrpcTraffic(EchoClient client, UnaryRequest request) {
        this.client = client;
        this.request = request;
    }

    /** Starts to call the service of {@code client}, {@code concurrency} calls at a time. */
    public static GrpcTraffic start(EchoClient client, int concurrency) {
        return start(client, concurrency, UnaryRequest.getDefaultInstance());
    }

    /** Starts to send {@code request} again and again, {@code concurrency} calls at a time. */
    public static GrpcTraffic start(EchoClient client, int concurrency, UnaryRequest request) {
        GrpcTraffic traffic = new GrpcTraffic(client, request);
        traffic.running.set(concurrency);
        for (int i = 0; i < concurrency; i++) {
            traffic.callNext();
        }
        return traffic;
    }

    /** Where the calls went. */
    public Tally tally() {
        return tally;
    }

    /** Makes no more calls; returns when the running ones have ended. */
    @Override
    public void close() {
        stopping = true;
        Poll.until(DEADLINE, () -> running + " calls still run", () -> running.get() == 0);
    }

    private void callNext() {
        if (stopping) {
            running.decrementAndGet();
            return;
        }
        client.async().unary(request, new StreamObserver<>() {
            @Override
            public void onNext(UnaryResponse response) {
                tally.answered(response.getEndpoint());
            }

            @Override
            public void onError(Throwable failure) {
                tally.failed(Status.fromThrowable(failure).toString());
                callNext();
            }

            @Override
            public void onCompleted() {
                callNext();
            }
        });
    }
}
