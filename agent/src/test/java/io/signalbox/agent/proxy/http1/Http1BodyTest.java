package io.signalbox.agent.proxy.http1;

import static org.assertj.core.api.Assertions.assertThat;

import io.signalbox.agent.proxy.http1.testkit.Http1Agent;
import io.signalbox.agent.proxy.http1.testkit.RawBackend;
import io.signalbox.agent.proxy.http1.testkit.RawConnection;
import io.signalbox.agent.proxy.http1.testkit.RawMessage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class Http1BodyTest {
    private static final int PIECE_BYTES = 64 * 1024;
    private static final long LARGE_BYTES = 100L << 20;

    private static byte[] piece() {
        byte[] piece = new byte[PIECE_BYTES];
        new Random(5).nextBytes(piece);
        return piece;
    }

    private static long checksum(long bytes) {
        CRC32 crc = new CRC32();
        byte[] piece = piece();
        for (long sent = 0; sent < bytes; sent += PIECE_BYTES) {
            crc.update(piece);
        }
        return crc.getValue();
    }

    private static void sendLarge(RawConnection connection, boolean chunked) throws Exception {
        byte[] piece = piece();
        for (long sent = 0; sent < LARGE_BYTES; sent += PIECE_BYTES) {
            if (chunked) {
                connection
                        .send(Integer.toHexString(PIECE_BYTES) + "\r\n")
                        .send(piece)
                        .send("\r\n");
            } else {
                connection.send(piece);
            }
        }
        if (chunked) {
            connection.send("0\r\n\r\n");
        }
    }

    private static long readLength(RawConnection connection, long bytes) throws Exception {
        CRC32 crc = new CRC32();
        for (long read = 0; read < bytes; read += PIECE_BYTES) {
            crc.update(connection.readBytes(PIECE_BYTES));
        }
        return crc.getValue();
    }

    private static long readChunks(RawConnection connection) throws Exception {
        CRC32 crc = new CRC32();
        for (int size = connection.readSize(); size > 0; size = connection.readSize()) {
            crc.update(connection.readBytes(size));
            connection.readLine();
        }
        connection.readLine();
        return crc.getValue();
    }

    @ParameterizedTest(name = "chunked: {0}")
    @ValueSource(booleans = {false, true})
    void relaysLargeBodiesBothWays(boolean chunked) throws Exception {
        String framing = chunked ? "Transfer-Encoding: chunked" : "Content-Length: " + LARGE_BYTES;
        AtomicLong uploaded = new AtomicLong();
        try (RawBackend backend = RawBackend.running((connection, number) -> {
                    connection.readHead();
                    uploaded.set(chunked ? readChunks(connection) : readLength(connection, LARGE_BYTES));
                    connection.send("HTTP/1.1 200 OK\r\n" + framing + "\r\n\r\n");
                    sendLarge(connection, chunked);
                });
                Http1Agent agent = new Http1Agent(backend.endpoint());
                RawConnection client = agent.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: web\r\n" + framing + "\r\n\r\n");
            sendLarge(client, chunked);
            assertThat(client.readHead().status()).isEqualTo(200);
            long downloaded = chunked ? readChunks(client) : readLength(client, LARGE_BYTES);
            assertThat(uploaded).hasValue(checksum(LARGE_BYTES));
            assertThat(downloaded).isEqualTo(checksum(LARGE_BYTES));
        }
    }

    @Test
    void stopsReadingFromACallerThatDoesNotReadItsAnswers() throws Exception {
        byte[] requests = Ascii.bytes("GET / HTTP/1.1\r\nHost: none\r\n\r\n".repeat(1000));
        try (Http1Agent agent = new Http1Agent();
                RawConnection client = agent.connect(32 * 1024)) {
            assertThat(sendUntilBlocked(client, new AtomicLong(), requests)).isLessThan(LARGE_BYTES / 2);
        }
    }

    private static long sendUntilBlocked(RawConnection connection, AtomicLong sent) throws Exception {
        return sendUntilBlocked(connection, sent, piece());
    }

    /** Writes until the other side has not taken a byte for a while of trying; returns how much it took. */
    private static long sendUntilBlocked(RawConnection connection, AtomicLong sent, byte[] piece) throws Exception {
        Thread writer = Thread.ofVirtual().start(() -> {
            try {
                while (sent.get() < LARGE_BYTES) {
                    connection.send(piece);
                    sent.addAndGet(piece.length);
                }
            } catch (IOException e) {
                // closed at the end of the test
            }
        });
        long before = -1;
        while (before != sent.get()) {
            before = sent.get();
            writer.join(Duration.ofMillis(500));
        }
        return before;
    }

    @Test
    void stopsReadingFromTheBackendOfASlowReader() throws Exception {
        AtomicLong sent = new AtomicLong();
        CountDownLatch blocked = new CountDownLatch(1);
        try (RawBackend backend = RawBackend.running((connection, number) -> {
                    connection.readMessage();
                    connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + LARGE_BYTES + "\r\n\r\n");
                    sendUntilBlocked(connection, sent);
                    blocked.countDown();
                    connection.readToEnd();
                });
                Http1Agent agent = new Http1Agent(backend.endpoint());
                RawConnection client = agent.connect(32 * 1024)) {
            client.send("GET / HTTP/1.1\r\nHost: web\r\n\r\n");
            blocked.await();
            assertThat(sent.get()).isLessThan(LARGE_BYTES / 2);
            assertThat(client.readHead().status()).isEqualTo(200);
            assertThat(readLength(client, LARGE_BYTES)).isEqualTo(checksum(LARGE_BYTES));
        }
    }

    @Test
    void stopsReadingFromACallerOfASlowBackend() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        try (RawBackend backend = RawBackend.running((connection, number) -> {
                    connection.readHead();
                    go.await();
                    readLength(connection, LARGE_BYTES);
                    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                });
                Http1Agent agent = new Http1Agent(backend.endpoint());
                RawConnection client = agent.connect()) {
            client.send("PUT / HTTP/1.1\r\nHost: web\r\nContent-Length: " + LARGE_BYTES + "\r\n\r\n");
            assertThat(sendUntilBlocked(client, new AtomicLong())).isLessThan(LARGE_BYTES / 2);
            go.countDown();
            assertThat(client.readMessage().body()).isEqualTo("ok");
        }
    }

    /** Requests of all framings, cut into random pieces, arrive at the backend as they were meant. */
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void understandsRequestsUnderAnySplit(long seed) throws Exception {
        Random random = new Random(seed);
        try (RawBackend backend = RawBackend.answering("ok");
                Http1Agent agent = new Http1Agent(backend.endpoint());
                RawConnection client = agent.connect()) {
            StringBuilder wire = new StringBuilder();
            StringBuilder expected = new StringBuilder();
            int requests = 50;
            for (int i = 0; i < requests; i++) {
                String body = "b".repeat(random.nextInt(300)) + "\r\n\r\n";
                expected.append(i).append(body);
                wire.append(random.nextInt(5) == 0 ? "\r\n" : "");
                wire.append("PUT /").append(i).append(" HTTP/1.1\r\nHost:").append(" ".repeat(random.nextInt(3)));
                wire.append("web\r\n");
                if (random.nextBoolean()) {
                    wire.append("Content-Length: ")
                            .append(body.length())
                            .append("\r\n\r\n")
                            .append(body);
                } else {
                    wire.append("Transfer-Encoding: chunked\r\n\r\n");
                    int cut = 1 + random.nextInt(body.length() - 1);
                    wire.append(chunk(body.substring(0, cut))).append(chunk(body.substring(cut)));
                    wire.append("0\r\n\r\n");
                }
            }
            byte[] bytes = Ascii.bytes(wire.toString());
            Thread writer = Thread.ofVirtual().start(() -> sendSplit(client, bytes, random));
            for (int i = 0; i < requests; i++) {
                assertThat(client.readMessage().status()).isEqualTo(200);
            }
            writer.join();
            StringBuilder received = new StringBuilder();
            for (RawMessage request : backend.requests()) {
                String line = request.startLine();
                received.append(line, 5, line.indexOf(' ', 5)).append(request.body());
            }
            assertThat(received.toString()).isEqualTo(expected.toString());
        }
    }

    private static String chunk(String data) {
        return Integer.toHexString(data.length()) + "\r\n" + data + "\r\n";
    }

    private static void sendSplit(RawConnection client, byte[] bytes, Random random) {
        try {
            int from = 0;
            while (from < bytes.length) {
                int to = Math.min(bytes.length, from + 1 + random.nextInt(200));
                client.send(Arrays.copyOfRange(bytes, from, to));
                from = to;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
