package io.signalbox.configservice.registry;

/**
 * An answer that sends the caller elsewhere.
 *
 * @param uri in place of the path; empty: kept
 * @param prefixRewrite in place of the matched prefix; empty: kept
 * @param authority in place of the host; empty: kept
 * @param scheme in place of the scheme; empty: kept
 * @param port which port it writes
 * @param redirectCode HTTP status; 0: not declared, which means 301
 */
public record HttpRedirect(
        String uri, String prefixRewrite, String authority, String scheme, Port port, int redirectCode) {
    /** Which port a redirect writes. */
    public sealed interface Port {
        /** Not declared. */
        record Unchanged() implements Port {}

        /** This one. */
        record Fixed(int number) implements Port {}

        /** The default port of the scheme. */
        record ProtocolDefault() implements Port {}

        /** The port that was dialled. */
        record OfRequest() implements Port {}
    }
}
