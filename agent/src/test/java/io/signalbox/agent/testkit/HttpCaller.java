package io.signalbox.agent.testkit;

import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.signalbox.agent.proxy.http1.testkit.RawConnection;
import io.signalbox.agent.proxy.http1.testkit.RawMessage;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** One connection of a caller, by HTTP/1.1 or HTTP/2. Sends one request at a time. */
public interface HttpCaller extends AutoCloseable {
    /** Connects. */
    static HttpCaller to(HttpKind kind, String address, int port) throws IOException {
        return kind.callerSpeaksHttp2()
                ? new Http2(RawHttp2Client.ready(address, port))
                : new Http1(RawConnection.to(new InetSocketAddress(Snapshots.address(address), port)));
    }

    /** Sends a GET request. */
    default HttpMessage get(String authority, String path, String... fields) throws IOException {
        return send("GET", authority, path, "", fields);
    }

    /**
     * Sends a request and waits for its response.
     *
     * @param body empty: none
     * @param fields name, value, name, value, ...; names in lower case
     * @return of status 0 when the response, or its end, never comes
     */
    HttpMessage send(String method, String authority, String path, String body, String... fields) throws IOException;

    @Override
    void close() throws IOException;

    /** By HTTP/1.1. */
    final class Http1 implements HttpCaller {
        private final RawConnection connection;

        Http1(RawConnection connection) {
            this.connection = connection;
        }

        @Override
        public HttpMessage send(String method, String authority, String path, String body, String... fields)
                throws IOException {
            StringBuilder head = new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: " + authority + "\r\n");
            for (int i = 0; i < fields.length; i += 2) {
                head.append(fields[i]).append(": ").append(fields[i + 1]).append("\r\n");
            }
            if (!body.isEmpty()) {
                head.append("Content-Length: ").append(body.length()).append("\r\n");
            }
            connection.send(head + "\r\n" + body);
            RawMessage answer;
            try {
                answer = method.equals("HEAD") ? connection.readHead() : connection.readMessage();
            } catch (IOException e) {
                return new HttpMessage(0, "", "", "", List.of(), "");
            }
            List<Map.Entry<String, String>> answered = new ArrayList<>();
            answer.fields().lines().forEach(line -> {
                int colon = line.indexOf(':');
                answered.add(Map.entry(
                        line.substring(0, colon).toLowerCase(Locale.ROOT),
                        line.substring(colon + 1).strip()));
            });
            return new HttpMessage(answer.status(), "", "", "", answered, answer.body());
        }

        @Override
        public void close() {
            connection.close();
        }
    }

    /** By HTTP/2. */
    final class Http2 implements HttpCaller {
        private static final int DATA = 0;
        private static final int HEADERS = 1;
        private static final int RST_STREAM = 3;
        private static final int SETTINGS = 4;
        private static final int WINDOW_UPDATE = 8;
        private static final int END_STREAM = 1;
        private static final int END_HEADERS = 4;
        private static final int MAX_FRAME_BYTES = 16 * 1024;

        /** What the agent gives a stream. */
        private static final int STREAM_WINDOW = 256 * 1024;

        private final RawHttp2Client connection;
        private int nextStreamId = 1;

        Http2(RawHttp2Client connection) {
            this.connection = connection;
        }

        @Override
        public HttpMessage send(String method, String authority, String path, String body, String... fields)
                throws IOException {
            int streamId = nextStreamId;
            nextStreamId += 2;
            List<String> all = new ArrayList<>(
                    List.of(":method", method, ":scheme", "http", ":authority", authority, ":path", path));
            all.addAll(Arrays.asList(fields));
            byte[] block = connection.block(all.toArray(String[]::new));
            connection.frame(HEADERS, END_HEADERS | (body.isEmpty() ? END_STREAM : 0), streamId, block);
            byte[] bytes = body.getBytes(StandardCharsets.ISO_8859_1);
            int credit = STREAM_WINDOW;
            for (int at = 0; at < bytes.length; at += MAX_FRAME_BYTES) {
                int to = Math.min(bytes.length, at + MAX_FRAME_BYTES);
                while (credit < to - at) {
                    RawHttp2Client.Frame update = connection.await(WINDOW_UPDATE);
                    credit += update.streamId() == streamId ? (int) update.number(0) : 0;
                }
                credit -= to - at;
                connection.frame(
                        DATA, to == bytes.length ? END_STREAM : 0, streamId, Arrays.copyOfRange(bytes, at, to));
            }
            return read(streamId);
        }

        private HttpMessage read(int streamId) throws IOException {
            int status = 0;
            List<Map.Entry<String, String>> answered = new ArrayList<>();
            StringBuilder body = new StringBuilder();
            while (true) {
                RawHttp2Client.Frame frame = connection.read();
                if (frame == null) {
                    return new HttpMessage(0, "", "", "", answered, body.toString());
                }
                switch (frame.type()) {
                    case SETTINGS -> {
                        if ((frame.flags() & 1) == 0) {
                            connection.frame(SETTINGS, 1, 0);
                        }
                    }
                    case HEADERS -> {
                        Http2Headers headers;
                        try {
                            headers = connection.headers(frame);
                        } catch (Http2Exception e) {
                            throw new IOException(e);
                        }
                        if (headers.status() != null) {
                            status = Integer.parseInt(headers.status().toString());
                        }
                        headers.forEach(field -> answered.add(Map.entry(
                                field.getKey().toString(), field.getValue().toString())));
                    }
                    case DATA -> {
                        body.append(new String(frame.payload(), StandardCharsets.ISO_8859_1));
                        byte[] credit = {
                            0,
                            (byte) (frame.payload().length >> 16),
                            (byte) (frame.payload().length >> 8),
                            (byte) frame.payload().length
                        };
                        if (frame.payload().length > 0) {
                            connection.frame(WINDOW_UPDATE, 0, 0, credit);
                            connection.frame(WINDOW_UPDATE, 0, streamId, credit);
                        }
                    }
                    case RST_STREAM -> {
                        if (frame.streamId() == streamId) {
                            return new HttpMessage(0, "", "", "", answered, body.toString());
                        }
                    }
                    default -> {}
                }
                boolean ends = frame.type() == HEADERS || frame.type() == DATA;
                if (ends && frame.streamId() == streamId && (frame.flags() & END_STREAM) != 0) {
                    return new HttpMessage(status, "", "", "", answered, body.toString());
                }
            }
        }

        @Override
        public void close() throws IOException {
            connection.close();
        }
    }
}
