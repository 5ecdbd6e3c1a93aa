package io.signalbox.agent.handover;

import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Listening sockets that came from a predecessor and wait to be used. Thread-safe. */
public final class InheritedSockets {
    private static final Logger LOG = LoggerFactory.getLogger(InheritedSockets.class);

    private final List<ListeningSocket> sockets;

    /** @param sockets open in this process, and its own from now on */
    public InheritedSockets(List<ListeningSocket> sockets) {
        this.sockets = new ArrayList<>(sockets);
    }

    /** None. */
    public static InheritedSockets none() {
        return new InheritedSockets(List.of());
    }

    /** File descriptors of the sockets on an address; they belong to the caller from now on. */
    public synchronized List<Integer> take(String place, InetSocketAddress address) {
        List<Integer> taken = sockets.stream()
                .filter(socket ->
                        socket.place().equals(place) && socket.address().equals(address))
                .map(ListeningSocket::fd)
                .toList();
        sockets.removeIf(socket -> taken.contains(socket.fd()));
        return taken;
    }

    /** Closes what nobody took. */
    public synchronized void closeRest() {
        for (ListeningSocket socket : sockets) {
            try {
                new FileDescriptor(socket.fd()).close();
            } catch (IOException e) {
                LOG.debug("inherited socket not closed: address={}", socket.address(), e);
            }
        }
        sockets.clear();
    }
}
