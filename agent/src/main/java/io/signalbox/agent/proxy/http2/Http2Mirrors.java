package io.signalbox.agent.proxy.http2;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;

/** The copies of one request after another. */
final class Http2Mirrors {
    private List<Http2Mirror> mirrors = List.of();

    /** Begins to send a copy, with what waits of the request already. */
    void add(Http2Mirror mirror, Half request) {
        mirrors = mirrors.isEmpty() ? new ArrayList<>() : mirrors;
        mirrors.add(mirror);
        for (ByteBuf waiting : request.queue) {
            mirror.data(waiting, waiting.readableBytes());
        }
        if (request.endReceived) {
            mirror.end();
        }
        mirror.start();
    }

    /** Bytes of the request's body have come; they stay where they are. */
    void data(ByteBuf in, int length) {
        for (int i = 0; i < mirrors.size(); i++) {
            mirrors.get(i).data(in, length);
        }
    }

    /** The request's body is complete. */
    void end() {
        for (int i = 0; i < mirrors.size(); i++) {
            mirrors.get(i).end();
        }
    }

    /** The request has ended. */
    void requestEnded() {
        for (int i = 0; i < mirrors.size(); i++) {
            mirrors.get(i).requestEnded();
        }
        mirrors = List.of();
    }
}
