package io.signalbox.agent.proxy.http1;

import io.signalbox.agent.proxy.ByteText;
import io.signalbox.agent.proxy.TargetText;
import io.signalbox.agent.routing.RequestAttributes;
import org.jspecify.annotations.Nullable;

/**
 * A request's head as rules look at it: with its path normalised. Its texts are valid until the next call of the same
 * method. Used for one request after another.
 */
final class RequestView implements RequestAttributes {
    private static final byte[] HTTPS = Ascii.bytes("https:");
    private static final byte[] SLASH = {'/'};
    private static final byte[] STAR = {'*'};
    private static final byte[] OPTIONS = Ascii.bytes("OPTIONS");

    private final ByteText method = new ByteText();
    private final ByteText authority = new ByteText();
    private final TargetText target = new TargetText();
    private final ByteText header = new ByteText();
    private Head head = Head.NONE;

    /**
     * Looks at a request.
     *
     * @param normalPath replaces the path of the head; null: that is normal
     */
    void pointTo(Head request, byte @Nullable [] normalPath) {
        head = request;
        method.pointTo(request.bytes, 0, request.methodTo);
        authority.pointTo(request.bytes, request.hostFrom, request.hostTo);
        if (normalPath != null) {
            target.pointTo(normalPath, 0, normalPath.length);
        } else if (request.pathFrom == request.targetTo) {
            target.pointTo(request.isMethod(OPTIONS) ? STAR : SLASH, 0, 1);
        } else if (request.bytes[request.pathFrom] == '/' || request.bytes[request.pathFrom] == '*') {
            target.pointTo(request.bytes, request.pathFrom, request.targetTo);
        } else {
            byte[] withPath = Ascii.bytes("/" + Ascii.text(request.bytes, request.pathFrom, request.targetTo));
            target.pointTo(withPath, 0, withPath.length);
        }
    }

    /** Lets go of the head. */
    void forget() {
        head = Head.NONE;
        method.pointTo(SLASH, 0, 0);
        authority.pointTo(SLASH, 0, 0);
        header.pointTo(SLASH, 0, 0);
        target.pointTo(SLASH, 0, 1);
    }

    /** The path with all that follows it. */
    String pathAndQuery() {
        return target.all().toString();
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
    public CharSequence method() {
        return method;
    }

    @Override
    public CharSequence authority() {
        return authority;
    }

    @Override
    public CharSequence scheme() {
        return head.isAbsoluteForm() && Ascii.startsWith(HTTPS, head.bytes, head.targetFrom, head.targetTo)
                ? "https"
                : "http";
    }

    @Override
    public @Nullable CharSequence header(String lowerCaseName) {
        int first = -1;
        StringBuilder joined = null;
        for (int i = 0; i < head.fieldCount; i++) {
            if (!isNamed(i, lowerCaseName)) {
                continue;
            }
            if (first < 0) {
                first = i;
            } else {
                joined = joined == null ? new StringBuilder(head.value(first)) : joined;
                joined.append(',').append(head.value(i));
            }
        }
        return joined == null ? head.value(first, header) : joined;
    }

    private boolean isNamed(int field, String lowerCaseName) {
        int from = head.nameFrom(field);
        int length = head.nameTo(field) - from;
        if (length != lowerCaseName.length()) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (Ascii.lower(head.bytes[from + i]) != lowerCaseName.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}
