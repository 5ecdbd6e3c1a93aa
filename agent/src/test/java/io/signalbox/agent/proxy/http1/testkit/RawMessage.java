package io.signalbox.agent.proxy.http1.testkit;

import java.util.Locale;

/**
 * A message as it stood on the wire.
 *
 * @param startLine without its line end
 * @param fields the header lines, with their line ends
 * @param body without framing
 * @param trailers lines, with their line ends
 */
public record RawMessage(String startLine, String fields, String body, String trailers) {
    /** Of a response's start line. */
    public int status() {
        return Integer.parseInt(startLine.substring(9, 12));
    }

    /** Value of the first header of that name; empty when there is none. */
    public String header(String name) {
        for (String line : fields.lines().toList()) {
            int colon = line.indexOf(':');
            if (colon > 0 && line.substring(0, colon).toLowerCase(Locale.ROOT).equals(name.toLowerCase(Locale.ROOT))) {
                return line.substring(colon + 1).strip();
            }
        }
        return "";
    }
}
