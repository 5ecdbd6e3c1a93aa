package io.signalbox.agent.handover;

import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * The lines of a hand-over. The successor speaks first:
 *
 * <pre>
 * successor                 predecessor
 * signalbox-handover 1
 *                           signalbox-handover 1 3        the number of sockets, and a line for each
 *                           - 0.0.0.0 15001               place (- for its own namespace), address, port
 *                           ...
 * send
 *                           the sockets, one byte and one file descriptor each, in that order
 * accepting
 *                           released                      once ports, rules and files are the successor's
 * </pre>
 *
 * A predecessor that cannot answers {@code refused} and why, and closes.
 */
final class HandoverProtocol {
    static final String HELLO = "signalbox-handover 1";
    static final String SEND = "send";
    static final String ACCEPTING = "accepting";
    static final String RELEASED = "released";
    static final String REFUSED = "refused ";

    /** More sockets than an agent has addresses and loops. */
    static final int MAX_SOCKETS = 100_000;

    private static final String OWN_PLACE = "-";

    private HandoverProtocol() {}

    static String line(ListeningSocket socket) {
        return (socket.place().isEmpty() ? OWN_PLACE : socket.place()) + " "
                + socket.address().getAddress().getHostAddress() + " "
                + socket.address().getPort();
    }

    /** Reads what {@link #line} has written; throws {@link IllegalArgumentException} when it is something else. */
    static ListeningSocket socket(String line, int fd) {
        String[] words = line.split(" ", -1);
        if (words.length != 3) {
            throw new IllegalArgumentException(line + " (expected: place, address and port)");
        }
        return new ListeningSocket(
                words[0].equals(OWN_PLACE) ? "" : words[0],
                new InetSocketAddress(InetAddress.ofLiteral(words[1]), Integer.parseInt(words[2])),
                fd);
    }

    /** The number in the predecessor's first line; throws {@link IllegalArgumentException} when it is another. */
    static int count(String line) {
        if (line.startsWith(HELLO + " ")) {
            int count = Integer.parseInt(line.substring(HELLO.length() + 1));
            if (count >= 0 && count <= MAX_SOCKETS) {
                return count;
            }
        }
        throw new IllegalArgumentException(line + " (expected: " + HELLO + " and a number)");
    }
}
