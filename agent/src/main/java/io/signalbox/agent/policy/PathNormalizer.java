package io.signalbox.agent.policy;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Brings a path into the one form in which it is matched and forwarded, so that a rule cannot be walked around: a
 * backslash becomes a slash, and the segments {@code .} and {@code ..} are resolved (RFC 3986 section 5.2.4), also
 * where their dots are written as {@code %2e}. Slashes are not merged, nothing else is decoded ({@code %2F} stays), and
 * what follows the first {@code ?} or {@code #} is left alone. This is Istio's BASE.
 */
public final class PathNormalizer {
    private PathNormalizer() {}

    /**
     * Normalises a path with its query.
     *
     * @return the same object when it is normal already, as nearly every path is
     */
    public static String normalize(String path) {
        byte[] bytes = path.getBytes(StandardCharsets.ISO_8859_1);
        byte[] changed = normalize(bytes, 0, bytes.length);
        return changed == null ? path : new String(changed, StandardCharsets.ISO_8859_1);
    }

    /**
     * Normalises the path with its query in {@code [from, to)}. Makes no object when it is normal already.
     *
     * @return null when it is normal already; also when it is no path but {@code *}
     */
    public static byte @Nullable [] normalize(byte[] bytes, int from, int to) {
        if (from == to || !isSlash(bytes[from])) {
            return null;
        }
        for (int i = from; i < to; i++) {
            byte b = bytes[i];
            if (b == '?' || b == '#') {
                return null;
            }
            if (b == '\\' || (b == '/' && dots(bytes, i + 1, to) > 0)) {
                return rewrite(bytes, from, to);
            }
        }
        return null;
    }

    private static byte[] rewrite(byte[] bytes, int from, int to) {
        byte[] out = new byte[to - from];
        int length = 0;
        int at = from;
        while (at < to && bytes[at] != '?' && bytes[at] != '#') {
            // at a slash: decides on the segment that follows it
            int dots = dots(bytes, at + 1, to);
            int end = segmentEnd(bytes, at + 1, to);
            boolean last = end == to || !isSlash(bytes[end]);
            if (dots == 2) {
                while (length > 0 && out[--length] != '/') {
                    // back to the slash before the last segment
                }
            }
            if (dots == 0) {
                out[length++] = '/';
                System.arraycopy(bytes, at + 1, out, length, end - at - 1);
                length += end - at - 1;
            } else if (last) {
                out[length++] = '/';
            }
            at = end;
        }
        System.arraycopy(bytes, at, out, length, to - at);
        byte[] exact = new byte[length + to - at];
        System.arraycopy(out, 0, exact, 0, exact.length);
        return exact;
    }

    /** 1 for a segment {@code .}, 2 for {@code ..}, 0 for any other. */
    private static int dots(byte[] bytes, int from, int to) {
        int first = afterDot(bytes, from, to);
        if (first < 0) {
            return 0;
        }
        if (isSegmentEnd(bytes, first, to)) {
            return 1;
        }
        int second = afterDot(bytes, first, to);
        return second >= 0 && isSegmentEnd(bytes, second, to) ? 2 : 0;
    }

    private static int afterDot(byte[] bytes, int at, int to) {
        if (at < to && bytes[at] == '.') {
            return at + 1;
        }
        boolean encoded = at + 2 < to && bytes[at] == '%' && bytes[at + 1] == '2' && (bytes[at + 2] | 0x20) == 'e';
        return encoded ? at + 3 : -1;
    }

    private static int segmentEnd(byte[] bytes, int from, int to) {
        int at = from;
        while (!isSegmentEnd(bytes, at, to)) {
            at++;
        }
        return at;
    }

    private static boolean isSegmentEnd(byte[] bytes, int at, int to) {
        return at == to || isSlash(bytes[at]) || bytes[at] == '?' || bytes[at] == '#';
    }

    private static boolean isSlash(byte b) {
        return b == '/' || b == '\\';
    }
}
