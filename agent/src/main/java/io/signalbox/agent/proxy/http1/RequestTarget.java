package io.signalbox.agent.proxy.http1;

import org.jspecify.annotations.Nullable;

/**
 * Checks a request's target against its method and Host (RFC 9112 section 3.2). One value names the host: an absolute
 * target whose authority differs from Host is refused, although a server may prefer the target's, because what stands
 * behind might prefer the other.
 */
final class RequestTarget {
    private static final byte[] HTTP = Ascii.bytes("http://");
    private static final byte[] HTTPS = Ascii.bytes("https://");
    private static final byte[] OPTIONS = Ascii.bytes("OPTIONS");

    private RequestTarget() {}

    static @Nullable BadMessage check(Head head) {
        if (head.hostFrom == 0) {
            return BadMessage.HOST_COUNT;
        }
        byte[] bytes = head.bytes;
        for (int i = head.hostFrom; i < head.hostTo; i++) {
            if (!Ascii.isHost(bytes[i])) {
                return BadMessage.HOST_VALUE;
            }
        }
        int from = head.targetFrom;
        int to = head.targetTo;
        head.pathFrom = from;
        if (bytes[from] == '/') {
            return null;
        }
        if (bytes[from] == '*') {
            return to - from == 1 && head.isMethod(OPTIONS) ? null : BadMessage.TARGET;
        }
        int authorityFrom = from;
        if (Ascii.startsWith(HTTP, bytes, from, to)) {
            authorityFrom += HTTP.length;
        } else if (Ascii.startsWith(HTTPS, bytes, from, to)) {
            authorityFrom += HTTPS.length;
        } else {
            return BadMessage.TARGET;
        }
        int authorityTo = authorityFrom;
        while (authorityTo < to && bytes[authorityTo] != '/' && bytes[authorityTo] != '?') {
            authorityTo++;
        }
        head.pathFrom = authorityTo;
        return authorityTo > authorityFrom && Ascii.equal(bytes, authorityFrom, authorityTo, head.hostFrom, head.hostTo)
                ? null
                : BadMessage.HOST_MISMATCH;
    }
}
