package io.signalbox.loadtest.link;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.OptionalLong;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.locks.LockSupport;

/** Carries packets from one device to another. As in a router, those that find the queue full are lost. */
final class Direction {
    private static final int QUEUE_PACKETS = 1000;

    private final TunDevice from;
    private final TunDevice to;
    private final Fate fate;
    private final BlockingQueue<Packet> underway = new ArrayBlockingQueue<>(QUEUE_PACKETS);

    Direction(TunDevice from, TunDevice to, Fate fate) {
        this.from = from;
        this.to = to;
        this.fate = fate;
    }

    /** Takes packets in until the device is gone. */
    void receive() throws IOException {
        while (true) {
            ByteBuffer bytes = from.read();
            OptionalLong arrival = fate.arrival(System.nanoTime());
            if (arrival.isPresent()) {
                underway.offer(new Packet(bytes, arrival.getAsLong()));
            }
        }
    }

    /** Lets each packet arrive when its time has come, until the thread is interrupted. */
    void deliver() throws InterruptedException {
        while (true) {
            Packet packet = underway.take();
            for (long wait = packet.arrival - System.nanoTime(); wait > 0; wait = packet.arrival - System.nanoTime()) {
                LockSupport.parkNanos(wait);
            }
            to.write(packet.bytes);
        }
    }

    private record Packet(ByteBuffer bytes, long arrival) {}
}
