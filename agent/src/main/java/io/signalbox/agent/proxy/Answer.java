package io.signalbox.agent.proxy;

import io.signalbox.agent.policy.HeaderFields;
import io.signalbox.agent.policy.LocalReply;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A response that the agent makes itself, on its way to a protocol that writes it. Framing is the protocol's matter.
 */
public final class Answer implements HeaderFields {
    /** Of a body that becomes a gRPC message, which has to fit into a head. */
    private static final int MAX_MESSAGE_BYTES = 4 * 1024;

    private static final byte[] EMPTY = {};

    private final List<String> names = new ArrayList<>();
    private final List<String> values = new ArrayList<>();
    private final @Nullable String flag;
    private int status;
    private byte[] body;

    /**
     * An answer.
     *
     * @param body not to be changed any more; where it is not empty, it is called plain text
     * @param flag Envoy's letters for the reason; null where Envoy has none
     */
    public Answer(int status, byte[] body, @Nullable String flag) {
        this.status = status;
        this.body = body;
        this.flag = flag;
        if (body.length > 0) {
            add("content-type", "text/plain");
        }
    }

    /** An answer in place of a backend. */
    public static Answer of(LocalReply reply) {
        Answer answer = new Answer(reply.status(), reply.body().getBytes(StandardCharsets.UTF_8), reply.flag());
        if (reply.overloaded()) {
            answer.add("x-envoy-overloaded", "true");
        }
        return answer;
    }

    /** Gives it the form for a gRPC caller: status 200, and all it has to say in its headers. */
    public Answer toGrpc(int grpcStatus) {
        set("content-type", "application/grpc");
        set("grpc-status", Integer.toString(grpcStatus));
        if (body.length > 0) {
            set("grpc-message", percentEncode(body));
        }
        status = 200;
        body = EMPTY;
        return this;
    }

    /** The form of {@code grpc-message}: all but printable ASCII is percent-encoded (gRPC over HTTP/2, Responses). */
    private static String percentEncode(byte[] utf8) {
        int length = Math.min(utf8.length, MAX_MESSAGE_BYTES);
        StringBuilder encoded = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            byte b = utf8[i];
            if (b >= ' ' && b <= '~' && b != '%') {
                encoded.append((char) b);
            } else {
                encoded.append('%').append(HexFormat.of().withUpperCase().toHexDigits(b));
            }
        }
        return encoded.toString();
    }

    /** HTTP status. */
    public int status() {
        return status;
    }

    /** Envoy's letters for the reason; null where Envoy has none. */
    public @Nullable String flag() {
        return flag;
    }

    /** The body, not to be changed. */
    public byte[] body() {
        return body;
    }

    /** Number of header fields. */
    public int size() {
        return names.size();
    }

    /** Name of a header field, lower-case. */
    public String name(int field) {
        return names.get(field);
    }

    /** Value of a header field. */
    public String value(int field) {
        return values.get(field);
    }

    @Override
    public void remove(String name) {
        for (int i = names.size() - 1; i >= 0; i--) {
            if (names.get(i).equals(name)) {
                names.remove(i);
                values.remove(i);
            }
        }
    }

    @Override
    public void set(String name, String value) {
        remove(name);
        add(name, value);
    }

    @Override
    public void add(String name, String value) {
        names.add(name);
        values.add(value);
    }
}
