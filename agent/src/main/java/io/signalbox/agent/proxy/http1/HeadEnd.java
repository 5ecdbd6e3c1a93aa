package io.signalbox.agent.proxy.http1;

import io.netty.buffer.ByteBuf;

/**
 * Finds where a head ends: after its first empty line. A bare LF counts as a line end here, so that a head which uses
 * it is complete, and then refused by {@link HeadParser}, rather than waited for.
 */
final class HeadEnd {
    private HeadEnd() {}

    /**
     * Looks for the end.
     *
     * @param from index of the head's first byte
     * @param scanned index up to which an earlier call has looked, at least {@code from}
     * @return index after the end, or -1 when it has not come yet
     */
    static int find(ByteBuf in, int from, int scanned) {
        int to = in.writerIndex();
        if (scanned <= from + 1) {
            int end = emptyLine(in, from, to);
            if (end >= 0) {
                return end;
            }
        }
        // The line feed that the empty line follows may be among the last two bytes of the earlier call.
        int at = Math.max(from, scanned - 2);
        while (at < to) {
            int lineFeed = in.indexOf(at, to, (byte) '\n');
            if (lineFeed < 0) {
                return -1;
            }
            int end = emptyLine(in, lineFeed + 1, to);
            if (end >= 0) {
                return end;
            }
            at = lineFeed + 1;
        }
        return -1;
    }

    private static int emptyLine(ByteBuf in, int at, int to) {
        if (at >= to) {
            return -1;
        }
        byte first = in.getByte(at);
        if (first == '\n') {
            return at + 1;
        }
        return first == '\r' && at + 1 < to && in.getByte(at + 1) == '\n' ? at + 2 : -1;
    }
}
