package io.signalbox.agent.proxy.http1;

/** What the method of a request promises. */
final class Methods {
    /** RFC 9110 section 9.2.2. */
    private static final byte[][] IDEMPOTENT = {
        Ascii.bytes("GET"),
        Ascii.bytes("HEAD"),
        Ascii.bytes("OPTIONS"),
        Ascii.bytes("PUT"),
        Ascii.bytes("DELETE"),
        Ascii.bytes("TRACE")
    };

    private Methods() {}

    /** Whether sending the request twice does what sending it once does. */
    static boolean isIdempotent(Head head) {
        for (byte[] method : IDEMPOTENT) {
            if (head.isMethod(method)) {
                return true;
            }
        }
        return false;
    }
}
