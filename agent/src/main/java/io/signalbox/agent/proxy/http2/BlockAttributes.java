package io.signalbox.agent.proxy.http2;

import io.netty.util.AsciiString;
import io.signalbox.agent.policy.PathNormalizer;
import io.signalbox.agent.routing.RequestAttributes;
import org.jspecify.annotations.Nullable;

/** A request's header block as conditions look at it. */
record BlockAttributes(HeaderBlock head, String target) implements RequestAttributes {
    static BlockAttributes of(HeaderBlock head) {
        return new BlockAttributes(head, PathNormalizer.normalize(String.valueOf(head.path())));
    }

    @Override
    public CharSequence method() {
        return text(head.method());
    }

    private static CharSequence text(@Nullable AsciiString value) {
        return value == null ? "" : value;
    }

    @Override
    public CharSequence path() {
        return target.substring(0, pathEnd());
    }

    private int pathEnd() {
        int end = 0;
        while (end < target.length() && target.charAt(end) != '?' && target.charAt(end) != '#') {
            end++;
        }
        return end;
    }

    @Override
    public @Nullable CharSequence query() {
        int from = pathEnd();
        if (from == target.length() || target.charAt(from) != '?') {
            return null;
        }
        int fragment = target.indexOf('#', from);
        return target.substring(from + 1, fragment < 0 ? target.length() : fragment);
    }

    @Override
    public CharSequence authority() {
        AsciiString authority = head.authority();
        return text(authority == null ? head.get(HeaderBlock.HOST) : authority);
    }

    @Override
    public CharSequence scheme() {
        return text(head.scheme());
    }

    @Override
    public @Nullable CharSequence header(String lowerCaseName) {
        StringBuilder joined = null;
        for (int i = 0; i < head.size(); i++) {
            if (head.name(i).contentEquals(lowerCaseName)) {
                joined = joined == null ? new StringBuilder() : joined.append(',');
                joined.append(head.value(i));
            }
        }
        return joined;
    }
}
