package io.signalbox.agent.upstream;

import io.signalbox.agent.policy.Authorities;

/** The name of the server that a request is for. */
public final class ServerNames {
    private ServerNames() {}

    /** The host of a Host or {@code :authority} value: without port, brackets and trailing dot, in lower case. */
    public static String of(String authority) {
        String host = Authorities.lowerCase(authority.substring(0, Authorities.hostEnd(authority)));
        if (host.startsWith("[") && host.endsWith("]")) {
            return host.substring(1, host.length() - 1);
        }
        return host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
    }
}
