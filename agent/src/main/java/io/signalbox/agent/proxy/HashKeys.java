package io.signalbox.agent.proxy;

import io.signalbox.agent.balance.Hashing;
import io.signalbox.agent.balance.PickContext;
import io.signalbox.agent.model.ConsistentHash;
import io.signalbox.agent.routing.RequestAttributes;
import java.net.InetSocketAddress;
import java.util.HexFormat;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Finds the key of a consistent hash in a request. */
final class HashKeys {
    private HashKeys() {}

    /**
     * Notes the hash of a request's key, if it has one.
     *
     * @return the value of {@code set-cookie} that tells the caller its key from now on; null: the caller needs none
     */
    static @Nullable String note(
            PickContext picks,
            ConsistentHash.Key key,
            RequestAttributes request,
            InetSocketAddress peer,
            RandomGenerator random) {
        switch (key) {
            case ConsistentHash.Key.Header(String name) -> note(picks, request.header(name));
            case ConsistentHash.Key.QueryParameter(String name) -> note(picks, parameter(request.query(), name));
            case ConsistentHash.Key.SourceIp() -> note(picks, peer.getAddress().getHostAddress());
            case ConsistentHash.Key.Cookie cookie -> {
                CharSequence sent = cookie(request.header("cookie"), cookie.name());
                if (sent == null && cookie.ttlSeconds() != null) {
                    String made = HexFormat.of().toHexDigits(random.nextLong());
                    note(picks, made);
                    return setCookie(cookie, cookie.ttlSeconds(), made);
                }
                note(picks, sent);
            }
        }
        return null;
    }

    private static void note(PickContext picks, @Nullable CharSequence value) {
        if (value != null) {
            picks.hashKey(Hashing.hash(value));
        }
    }

    private static String setCookie(ConsistentHash.Key.Cookie cookie, int ttlSeconds, String value) {
        return cookie.name() + "=\"" + value + "\""
                + (ttlSeconds == 0 ? "" : "; Max-Age=" + ttlSeconds)
                + (cookie.path().isEmpty() ? "" : "; Path=" + cookie.path())
                + "; HttpOnly";
    }

    /** The first value of a parameter, not decoded. */
    static @Nullable CharSequence parameter(@Nullable CharSequence query, String name) {
        return query == null ? null : valueOf(query, name, '&');
    }

    /** The first value of a cookie, without quotation marks. */
    static @Nullable CharSequence cookie(@Nullable CharSequence cookies, String name) {
        String value = cookies == null ? null : valueOf(cookies, name, ';');
        return value != null && value.length() > 1 && value.startsWith("\"") && value.endsWith("\"")
                ? value.substring(1, value.length() - 1)
                : value;
    }

    private static @Nullable String valueOf(CharSequence list, String name, char separator) {
        String text = list.toString();
        int from = 0;
        while (from <= text.length()) {
            int end = text.indexOf(separator, from);
            int to = end < 0 ? text.length() : end;
            while (from < to && text.charAt(from) == ' ') {
                from++;
            }
            if (text.startsWith(name, from)) {
                int after = from + name.length();
                if (after == to) {
                    return "";
                }
                if (after < to && text.charAt(after) == '=') {
                    return text.substring(after + 1, to);
                }
            }
            from = to + 1;
        }
        return null;
    }
}
