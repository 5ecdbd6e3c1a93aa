package io.signalbox.loadtest.scale;

import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.signalbox.config.v1.Ack;
import io.signalbox.config.v1.Heartbeat;
import io.signalbox.config.v1.Hello;
import io.signalbox.config.v1.Push;
import io.signalbox.config.v1.StreamConfigRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One simulated agent: a stream of its own on a connection of its own. It holds the version of every port, checks that
 * a delta starts from what it holds, and acks. A checked agent also applies the content and hashes it.
 *
 * <p>The stream's callbacks run on the fleet's event loop; the rest may be called by any thread.
 */
final class FleetAgent extends ClientCall.Listener<ByteString> {
    private final String node;
    private final ManagedChannel channel;
    private final @Nullable CheckedContent content;
    private final ClientCall<StreamConfigRequest, ByteString> call;
    private final Object lock = new Object();

    /** Of a large push; confined to the event loop. */
    private final List<ByteString> parts = new ArrayList<>();

    /* Guarded by lock. */
    private final Map<Integer, String> held = new TreeMap<>();
    private long[] ackRevisions = new long[64];
    private long[] ackNanos = new long[64];
    private int acks;
    private long bytes;
    private String failure = "";

    FleetAgent(String node, ManagedChannel channel, @Nullable CheckedContent content) {
        this.node = node;
        this.channel = channel;
        this.content = content;
        this.call = channel.newCall(PushFrame.METHOD, CallOptions.DEFAULT);
    }

    void start() {
        call.start(this, new Metadata());
        call.request(1);
        send(StreamConfigRequest.newBuilder()
                .setHello(Hello.newBuilder().setNode(node).setAgentVersion("simulated"))
                .build());
    }

    void heartbeat() {
        send(StreamConfigRequest.newBuilder()
                .setHeartbeat(Heartbeat.getDefaultInstance())
                .build());
    }

    private void send(StreamConfigRequest request) {
        synchronized (lock) {
            call.sendMessage(request);
        }
    }

    @Override
    public void onMessage(ByteString message) {
        try {
            synchronized (lock) {
                bytes += message.size();
            }
            ByteString push = PushFrame.pushOf(message, parts);
            if (push != null) {
                apply(PushFrame.parse(push), push);
            }
        } catch (IOException | RuntimeException e) {
            fail(e.toString());
        }
        call.request(1);
    }

    private void apply(PushFrame push, ByteString serialized) throws IOException {
        if (content != null) {
            content.apply(Push.parseFrom(serialized));
        }
        synchronized (lock) {
            for (PushFrame.Port port : push.ports()) {
                String known = held.getOrDefault(port.number(), "");
                if (!port.fromVersion().isEmpty() && !port.fromVersion().equals(known)) {
                    throw new IOException("port " + port.number() + ": delta from " + port.fromVersion()
                            + " (expected: from " + known + ")");
                }
                held.put(port.number(), port.version());
            }
            push.removedPorts().forEach(held::remove);
        }
        send(StreamConfigRequest.newBuilder()
                .setAck(Ack.newBuilder().setNonce(push.nonce()))
                .build());
        long now = System.nanoTime();
        synchronized (lock) {
            if (acks == ackNanos.length) {
                ackRevisions = Arrays.copyOf(ackRevisions, 2 * acks);
                ackNanos = Arrays.copyOf(ackNanos, 2 * acks);
            }
            ackRevisions[acks] = push.revision();
            ackNanos[acks] = now;
            acks++;
        }
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
        fail("the stream ended: " + status);
    }

    private void fail(String reason) {
        synchronized (lock) {
            if (failure.isEmpty()) {
                failure = node + ": " + reason;
            }
        }
    }

    /** When it acked the first push of that revision or a later one, by the nano clock; -1: not yet. */
    long ackedNanos(long revision) {
        synchronized (lock) {
            int at = Arrays.binarySearch(ackRevisions, 0, acks, revision);
            while (at > 0 && ackRevisions[at - 1] == revision) {
                at--;
            }
            int first = at >= 0 ? at : -at - 1;
            return first < acks ? ackNanos[first] : -1;
        }
    }

    /** The version of every port that it holds. */
    Map<Integer, String> held() {
        synchronized (lock) {
            return new TreeMap<>(held);
        }
    }

    /** What it holds, if it is a checked one. */
    @Nullable
    CheckedContent content() {
        return content;
    }

    /** Why it does not go on; empty while all is well. */
    String failure() {
        synchronized (lock) {
            return failure;
        }
    }

    /** Bytes of messages received so far. */
    long bytes() {
        synchronized (lock) {
            return bytes;
        }
    }

    /** Pushes acked so far. */
    int acks() {
        synchronized (lock) {
            return acks;
        }
    }

    /** Breaks the stream off. */
    void close() {
        channel.shutdownNow();
    }
}
