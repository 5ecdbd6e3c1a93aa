package io.signalbox.agent.proxy.http1;

import io.signalbox.agent.policy.PathNormalizer;
import io.signalbox.agent.routing.RequestAttributes;
import org.jspecify.annotations.Nullable;

/** A request's head as conditions look at it. */
record HeadAttributes(Head head, String target) implements RequestAttributes {
    static HeadAttributes of(Head head) {
        String target = Ascii.text(head.bytes, head.pathFrom, head.targetTo);
        return new HeadAttributes(head, PathNormalizer.normalize(target.startsWith("?") ? "/" + target : target));
    }

    @Override
    public CharSequence method() {
        return Ascii.text(head.bytes, 0, head.methodTo);
    }

    @Override
    public CharSequence path() {
        int end = pathEnd();
        return end == 0 ? "/" : target.substring(0, end);
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
        return Ascii.text(head.bytes, head.hostFrom, head.hostTo);
    }

    @Override
    public CharSequence scheme() {
        return "http";
    }

    @Override
    public @Nullable CharSequence header(String lowerCaseName) {
        byte[] name = Ascii.bytes(lowerCaseName);
        StringBuilder joined = null;
        for (int i = 0; i < head.fieldCount; i++) {
            if (Ascii.matches(name, head.bytes, head.nameFrom(i), head.nameTo(i))) {
                joined = joined == null ? new StringBuilder() : joined.append(',');
                joined.append(head.value(i));
            }
        }
        return joined;
    }
}
