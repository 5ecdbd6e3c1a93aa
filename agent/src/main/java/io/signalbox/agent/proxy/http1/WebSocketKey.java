package io.signalbox.agent.proxy.http1;

import io.signalbox.agent.proxy.HeaderBlock;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The key by which a WebSocket's client and server in HTTP/1.1 make sure that they understand each other (RFC 6455
 * section 1.3). HTTP/2 has none (RFC 8441 section 5), so the agent plays the missing part.
 */
final class WebSocketKey {
    private static final byte[] NAME = Ascii.bytes("sec-websocket-key");
    private static final byte[] ACCEPT_NAME = Ascii.bytes("sec-websocket-accept");
    private static final String SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final int KEY_BYTES = 16;

    private WebSocketKey() {}

    /** A new key. */
    static String draw(RandomGenerator random) {
        byte[] bytes = new byte[KEY_BYTES];
        random.nextBytes(bytes);
        return Base64.getEncoder().encodeToString(bytes);
    }

    /** The answer to a key, which a server sends as {@code sec-websocket-accept}. */
    static String accept(String key) {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-1").digest((key + SUFFIX).getBytes(StandardCharsets.ISO_8859_1));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java platform has it
        }
    }

    /** The key of a request; null when it has none, or several. */
    static @Nullable String of(Head request) {
        return only(request, NAME);
    }

    /** Whether a response answers a key. */
    static boolean isAccepted(Head response, String key) {
        return accept(key).equals(only(response, ACCEPT_NAME));
    }

    private static @Nullable String only(Head head, byte[] name) {
        String value = null;
        for (int i = 0; i < head.fieldCount; i++) {
            if (Ascii.matches(name, head.bytes, head.nameFrom(i), head.nameTo(i))) {
                if (value != null) {
                    return null;
                }
                value = head.value(i);
            }
        }
        return value;
    }

    /** Takes key and answer out of fields that go on in another protocol, or come from it: they mean nothing there. */
    static void remove(HeaderBlock fields) {
        fields.remove("sec-websocket-key");
        fields.remove("sec-websocket-accept");
    }
}
