package io.signalbox.agent.proxy.http2;

import io.netty.util.AsciiString;
import io.signalbox.agent.policy.GrpcStatus;
import io.signalbox.agent.policy.GrpcTimeout;
import io.signalbox.agent.policy.PathNormalizer;
import io.signalbox.agent.proxy.EnvoyControls;
import io.signalbox.agent.proxy.HeaderBlock;
import io.signalbox.agent.proxy.TargetText;
import io.signalbox.agent.routing.RequestAttributes;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The header block of a request as rules look at it, and what every routed request gets. Makes no object of its own.
 *
 * <p>Rules see a request for a WebSocket as it looks in HTTP/1.1: a GET with {@code upgrade} and {@code connection}.
 */
final class RequestHeaders implements RequestAttributes {
    private static final AsciiString FORWARDED_PROTO = AsciiString.cached("x-forwarded-proto");
    private static final AsciiString HTTP = AsciiString.cached("http");
    private static final AsciiString ATTEMPT_COUNT = AsciiString.cached("x-envoy-attempt-count");
    private static final AsciiString EXPECTED_TIMEOUT = AsciiString.cached("x-envoy-expected-rq-timeout-ms");
    private static final AsciiString ENVOY = AsciiString.cached("x-envoy-");
    private static final AsciiString GET = AsciiString.cached("GET");
    private static final AsciiString UPGRADE = AsciiString.cached("upgrade");
    private static final AsciiString[] CONTROLS =
            EnvoyControls.NAMES.stream().map(AsciiString::cached).toArray(AsciiString[]::new);
    private static final AsciiString[] NUMBERS = numbers();

    final HeaderBlock block = new HeaderBlock();
    private final TargetText target = new TargetText();
    private boolean grpc;

    private static AsciiString[] numbers() {
        AsciiString[] numbers = new AsciiString[64];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = AsciiString.cached(Integer.toString(i));
        }
        return numbers;
    }

    static AsciiString number(long value) {
        return value >= 0 && value < NUMBERS.length ? NUMBERS[(int) value] : AsciiString.of(Long.toString(value));
    }

    boolean isGrpc() {
        return grpc;
    }

    /** Looks at a block that has been read: notes what kind of request it is, and brings its path into normal form. */
    void read() {
        AsciiString type = block.get(HeaderBlock.CONTENT_TYPE);
        grpc = type != null && GrpcStatus.isGrpc(type);
        AsciiString path = block.path();
        if (path == null) {
            return;
        }
        int from = path.arrayOffset();
        byte[] normal = PathNormalizer.normalize(path.array(), from, from + path.length());
        if (normal == null) {
            target.pointTo(path.array(), from, from + path.length());
        } else {
            block.setPath(new AsciiString(normal, false));
            target.pointTo(normal, 0, normal.length);
        }
    }

    /**
     * Takes away by what a caller could control a proxy, and adds what every routed request has.
     *
     * @return whether {@code x-request-id} is missing: the request brings none
     */
    boolean addCommon() {
        boolean hasId = false;
        boolean hasProto = false;
        for (int i = block.size() - 1; i >= 0; i--) {
            AsciiString name = block.name(i);
            switch (name.length()) {
                case 12 -> hasId |= name.equals(HeaderBlock.REQUEST_ID);
                case 17 -> hasProto |= name.equals(FORWARDED_PROTO);
                case 16, 19, 21, 30, 38 -> {
                    if (isControl(name)) {
                        block.removeAt(i);
                    }
                }
                default -> {}
            }
        }
        if (!hasProto) {
            block.add(FORWARDED_PROTO, HTTP);
        }
        return !hasId;
    }

    void setRequestId(AsciiString id) {
        block.add(HeaderBlock.REQUEST_ID, id);
    }

    private static boolean isControl(AsciiString name) {
        if (!name.startsWith(ENVOY)) {
            return false;
        }
        for (AsciiString control : CONTROLS) {
            if (control.equals(name)) {
                return true;
            }
        }
        return false;
    }

    /** A block that stays as it is when this one is used for another request. */
    HeaderBlock copyForMirror() {
        HeaderBlock copy = new HeaderBlock();
        copy.copyFrom(block);
        AsciiString id = copy.get(HeaderBlock.REQUEST_ID);
        if (id != null) {
            copy.set(HeaderBlock.REQUEST_ID, new AsciiString(id, 0, id.length()));
        }
        copy.set(ATTEMPT_COUNT, number(1));
        return copy;
    }

    /** Sets what differs from attempt to attempt. */
    void setAttempt(int number, long expectedMillis, @Nullable CharSequence traceparent) {
        block.set(ATTEMPT_COUNT, number(number));
        if (expectedMillis > 0) {
            block.set(EXPECTED_TIMEOUT, number(expectedMillis));
            AsciiString callers = grpc ? block.get(HeaderBlock.GRPC_TIMEOUT) : null;
            if (callers != null && GrpcTimeout.millis(callers) > expectedMillis) {
                block.set(HeaderBlock.GRPC_TIMEOUT, AsciiString.of(GrpcTimeout.text(expectedMillis)));
            }
        }
        if (traceparent != null) {
            block.set(HeaderBlock.TRACEPARENT, AsciiString.of(traceparent));
        }
    }

    @Override
    public CharSequence method() {
        return block.isExtendedConnect() ? GET : Objects.requireNonNull(block.method());
    }

    @Override
    public CharSequence path() {
        return target.path();
    }

    @Override
    public @Nullable CharSequence query() {
        return target.query();
    }

    @Override
    public CharSequence scheme() {
        return Objects.requireNonNull(block.scheme());
    }

    @Override
    public AsciiString authority() {
        AsciiString authority = block.authority();
        return authority != null ? authority : Objects.requireNonNull(block.get(HeaderBlock.HOST));
    }

    @Override
    public @Nullable CharSequence header(String lowerCaseName) {
        if (block.isExtendedConnect()) {
            if (lowerCaseName.equals("upgrade")) {
                return block.protocol();
            }
            if (lowerCaseName.equals("connection")) {
                return UPGRADE;
            }
        }
        CharSequence first = null;
        StringBuilder joined = null;
        for (int i = 0; i < block.size(); i++) {
            AsciiString name = block.name(i);
            if (name.length() != lowerCaseName.length() || !name.contentEquals(lowerCaseName)) {
                continue;
            }
            if (first == null) {
                first = block.value(i);
            } else {
                joined = joined == null ? new StringBuilder(first) : joined;
                // a cookie may come in pieces (RFC 9113 section 8.2.3)
                joined.append(lowerCaseName.equals("cookie") ? "; " : ",").append(block.value(i));
            }
        }
        return joined == null ? first : joined;
    }

    void clear() {
        block.clear();
        grpc = false;
    }
}
