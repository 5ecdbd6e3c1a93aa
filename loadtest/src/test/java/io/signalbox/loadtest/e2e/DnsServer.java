package io.signalbox.loadtest.e2e;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** A DNS server on 127.0.0.1 that knows IPv4 addresses for names, with a time to live of one second. */
final class DnsServer implements AutoCloseable {
    private static final int HEADER_BYTES = 12;
    private static final int TYPE_AND_CLASS_BYTES = 4;
    private static final int TYPE_A = 1;
    private static final int CLASS_IN = 1;
    private static final int POINTER_TO_QUESTION = 0xc000 | HEADER_BYTES;
    private static final int RECURSIVE_ANSWER = 0x8180;
    private static final int NAME_ERROR = 3;
    private static final int TTL_SECONDS = 1;

    private final DatagramSocket socket;
    private final Map<String, List<InetAddress>> addresses = new ConcurrentHashMap<>();
    private volatile boolean isSilent;

    DnsServer() throws IOException {
        socket = new DatagramSocket(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0));
        Thread.ofPlatform().daemon().name("dns").start(this::serve);
    }

    /** {@code ADDRESS:PORT}. */
    String address() {
        return "127.0.0.1:" + socket.getLocalPort();
    }

    /** Answers with these from now on; without any: that there is no such name. */
    void say(String name, String... newAddresses) {
        addresses.put(name, Stream.of(newAddresses).map(InetAddress::ofLiteral).toList());
    }

    /** Whether questions are left without any answer from now on. */
    void beSilent(boolean silent) {
        isSilent = silent;
    }

    @Override
    public void close() {
        socket.close();
    }

    private void serve() {
        byte[] buffer = new byte[512];
        while (!socket.isClosed()) {
            try {
                DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                socket.receive(packet);
                if (!isSilent) {
                    byte[] answer = answer(ByteBuffer.wrap(buffer, 0, packet.getLength()));
                    socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
                }
            } catch (IOException e) {
                // Closed: the loop's condition ends it.
            }
        }
    }

    /** The answer to a message with one question. */
    private byte[] answer(ByteBuffer question) {
        short id = question.getShort(0);
        StringBuilder name = new StringBuilder();
        int at = HEADER_BYTES;
        while (question.get(at) != 0) {
            byte[] label = new byte[question.get(at)];
            question.get(at + 1, label);
            name.append(name.isEmpty() ? "" : ".").append(new String(label, StandardCharsets.US_ASCII));
            at += 1 + label.length;
        }
        int type = question.getShort(at + 1);
        byte[] asked = new byte[at + 1 + TYPE_AND_CLASS_BYTES - HEADER_BYTES];
        question.get(HEADER_BYTES, asked);

        List<InetAddress> known = addresses.getOrDefault(name.toString().toLowerCase(Locale.ROOT), List.of());
        List<InetAddress> told = type == TYPE_A ? known : List.of();
        ByteBuffer answer = ByteBuffer.allocate(512)
                .putShort(id)
                .putShort((short) (RECURSIVE_ANSWER | (known.isEmpty() ? NAME_ERROR : 0)))
                .putShort((short) 1)
                .putShort((short) told.size())
                .putInt(0)
                .put(asked);
        for (InetAddress address : told) {
            byte[] bytes = address.getAddress();
            answer.putShort((short) POINTER_TO_QUESTION)
                    .putShort((short) TYPE_A)
                    .putShort((short) CLASS_IN)
                    .putInt(TTL_SECONDS)
                    .putShort((short) bytes.length)
                    .put(bytes);
        }
        byte[] message = new byte[answer.position()];
        answer.get(0, message);
        return message;
    }
}
