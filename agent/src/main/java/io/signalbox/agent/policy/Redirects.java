package io.signalbox.agent.policy;

import io.signalbox.agent.model.PathMatch;
import io.signalbox.agent.model.RouteAction.Redirect;
import io.signalbox.agent.model.RouteAction.RedirectPath;
import org.jspecify.annotations.Nullable;

/** Where a redirect leads. */
public final class Redirects {
    private Redirects() {}

    /**
     * The value of {@code Location}, always absolute. The query is kept, unless the rule's path has one of its own. A
     * port is written where the rule names one, except 80 with http and 443 with https; then the port inside Host goes.
     * If only the scheme changes, the old scheme's default port inside Host goes.
     *
     * @param matched the condition that the path has fulfilled; null: none
     * @param scheme of the request
     * @param authority of the request, as the caller sent it
     * @param path of the request, normalised, with its query
     * @param dialledPort the port of the original destination
     */
    public static String location(
            Redirect redirect,
            @Nullable PathMatch matched,
            String scheme,
            String authority,
            String path,
            int dialledPort) {
        String newScheme = redirect.scheme() == null ? scheme : redirect.scheme();
        int port = redirect.derivePort() ? dialledPort : redirect.port();
        boolean writesPort = port != 0 && port != defaultPort(newScheme);
        String host = redirect.authority();
        if (host == null) {
            boolean dropsPort = writesPort
                    || (!newScheme.equals(scheme) && port(authority).equals(Integer.toString(defaultPort(scheme))));
            host = dropsPort ? authority.substring(0, Authorities.hostEnd(authority)) : authority;
        }
        return newScheme + "://" + host + (writesPort ? ":" + port : "") + path(redirect.path(), matched, path);
    }

    private static String path(@Nullable RedirectPath change, @Nullable PathMatch matched, String path) {
        int end = Rewrites.pathEnd(path);
        return switch (change) {
            case null -> path;
            case RedirectPath.Full(String whole) -> whole.indexOf('?') >= 0 ? whole : whole + path.substring(end);
            case RedirectPath.Prefix(String replacement) ->
                Rewrites.replacePrefix(replacement, matched, path.substring(0, end)) + path.substring(end);
        };
    }

    private static String port(String authority) {
        return authority.substring(Math.min(authority.length(), Authorities.hostEnd(authority) + 1));
    }

    private static int defaultPort(String scheme) {
        return scheme.equals("https") ? 443 : 80;
    }
}
