package io.signalbox.agent.proxy;

import io.netty.handler.codec.http2.Http2Headers;
import io.signalbox.agent.model.Endpoint;
import io.signalbox.agent.testkit.RawHttp2Backend;
import io.signalbox.agent.testkit.RawHttp2Client;
import io.signalbox.agent.testkit.RawHttp2Client.Frame;
import io.signalbox.agent.testkit.RouteSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Callers and backends of WebSockets, in either protocol, and what passed between them. */
abstract class WebSocketEnds {
    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int WINDOW_UPDATE = 8;
    static final int END_STREAM = 1;
    static final int END_HEADERS = 4;
    static final int[] OFFERED = {8, 1};
    static final int TIMEOUT_MILLIS = 80;

    final RouteSpec route = new RouteSpec();
    final BlockingQueue<String> seen = new LinkedBlockingQueue<>();

    String seen() throws InterruptedException {
        return String.valueOf(seen.poll(20, TimeUnit.SECONDS));
    }

    void serve(RulesFixture fixture, Endpoint backend) throws IOException {
        fixture.serve(List.of(route.build()), List.of(RulesFixture.web(List.of(backend))));
    }

    static void headers(RawHttp2Client to, int stream, boolean end, String... fields) throws IOException {
        to.frame(HEADERS, END_HEADERS | (end ? END_STREAM : 0), stream, to.block(fields));
    }

    static void data(RawHttp2Client to, int stream, boolean end, String text) throws IOException {
        to.frame(DATA, end ? END_STREAM : 0, stream, text.getBytes(StandardCharsets.US_ASCII));
    }

    /** What comes next on a stream: {@code 200}, {@code text}, {@code end}, or {@code reset 8}; several with commas. */
    static String next(RawHttp2Client from) throws Exception {
        while (true) {
            Frame frame = from.read();
            if (frame == null) {
                return "closed";
            }
            String end = (frame.flags() & END_STREAM) == 0 ? "" : "end";
            switch (frame.type()) {
                case HEADERS -> {
                    return join(String.valueOf(from.headers(frame).status()), end);
                }
                case DATA -> {
                    return join(new String(frame.payload(), StandardCharsets.US_ASCII), end);
                }
                case RST_STREAM -> {
                    return "reset " + frame.number(0);
                }
                default -> {}
            }
        }
    }

    static String join(String text, String end) {
        return text.isEmpty() || end.isEmpty() ? text + end : text + "," + end;
    }

    /** A backend that takes the WebSocket, says hello, echoes, and ends when its caller has. */
    RawHttp2Backend echo() {
        return RawHttp2Backend.running(
                (connection, number) -> {
                    Http2Headers head = connection.headers(connection.await(HEADERS));
                    StringBuilder fields = new StringBuilder();
                    head.forEach(field -> {
                        if (!field.getKey().toString().startsWith("x-")) {
                            fields.append(field.getKey())
                                    .append('=')
                                    .append(field.getValue())
                                    .append(' ');
                        }
                    });
                    seen.add(fields.toString());
                    headers(
                            connection,
                            1,
                            false,
                            ":status",
                            "200",
                            "sec-websocket-protocol",
                            "chat",
                            "sec-websocket-accept",
                            "none");
                    data(connection, 1, false, "hello ");
                    for (String next = next(connection); ; next = next(connection)) {
                        seen.add(next);
                        if (next.startsWith("reset") || next.equals("closed")) {
                            return;
                        }
                        String text = next.replaceAll(",?end$", "");
                        data(connection, 1, !text.equals(next), text);
                    }
                },
                OFFERED);
    }
}
