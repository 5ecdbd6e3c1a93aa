package io.signalbox.agent.proxy;

/** Which bytes may stand in field names and values (RFC 9113 section 8.2.1, RFC 9110 section 5.6.2). */
final class FieldChars {
    private static final boolean[] LOWER_CASE_TOKEN = lowerCaseToken();
    private static final boolean[] VALUE = value();

    private FieldChars() {}

    static boolean isLowerCaseToken(byte b) {
        return LOWER_CASE_TOKEN[b & 0xff];
    }

    static boolean isValue(byte b) {
        return VALUE[b & 0xff];
    }

    private static boolean[] lowerCaseToken() {
        boolean[] allowed = new boolean[256];
        for (char c : "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz".toCharArray()) {
            allowed[c] = true;
        }
        return allowed;
    }

    private static boolean[] value() {
        boolean[] allowed = new boolean[256];
        for (int c = 0; c < allowed.length; c++) {
            allowed[c] = (c >= ' ' && c != 0x7f) || c == '\t';
        }
        return allowed;
    }
}
