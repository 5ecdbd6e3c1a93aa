package io.signalbox.agent.telemetry;

import io.opentelemetry.api.trace.SpanContext;

/**
 * The header {@code traceparent} (W3C Trace Context, section 3.2). It is read in place: nothing allocates but the ids.
 */
final class TraceParent {
    private static final int VERSION_0_LENGTH = 55;
    private static final int TRACE_ID = 3;
    private static final int TRACE_ID_END = 35;
    private static final int SPAN_ID = 36;
    private static final int SPAN_ID_END = 52;
    private static final int FLAGS = 53;

    private TraceParent() {}

    /** Whether the value names a parent; any other value counts as absent. */
    static boolean isValid(CharSequence value) {
        int length = value.length();
        if (length < VERSION_0_LENGTH
                || value.charAt(TRACE_ID - 1) != '-'
                || value.charAt(TRACE_ID_END) != '-'
                || value.charAt(SPAN_ID_END) != '-') {
            return false;
        }
        if (!isHex(value, 0, 2) || (value.charAt(0) == 'f' && value.charAt(1) == 'f')) {
            return false;
        }
        boolean isVersion0 = value.charAt(0) == '0' && value.charAt(1) == '0';
        if (length > VERSION_0_LENGTH && (isVersion0 || value.charAt(VERSION_0_LENGTH) != '-')) {
            return false;
        }
        return isId(value, TRACE_ID, TRACE_ID_END)
                && isId(value, SPAN_ID, SPAN_ID_END)
                && isHex(value, FLAGS, VERSION_0_LENGTH);
    }

    /** The sampled flag of a valid value. */
    static boolean isSampled(CharSequence value) {
        return (Character.digit(value.charAt(VERSION_0_LENGTH - 1), 16) & 1) != 0;
    }

    /** The flags of a valid value that are known here: sampled and random; others must not be passed on. */
    static byte flags(CharSequence value) {
        return (byte) (Character.digit(value.charAt(VERSION_0_LENGTH - 1), 16) & 3);
    }

    static String traceId(CharSequence value) {
        return value.subSequence(TRACE_ID, TRACE_ID_END).toString();
    }

    static String spanId(CharSequence value) {
        return value.subSequence(SPAN_ID, SPAN_ID_END).toString();
    }

    /** The header for a span context. */
    static String of(SpanContext context) {
        return "00-" + context.getTraceId() + "-" + context.getSpanId() + "-"
                + context.getTraceFlags().asHex();
    }

    private static boolean isId(CharSequence value, int from, int to) {
        if (!isHex(value, from, to)) {
            return false;
        }
        for (int i = from; i < to; i++) {
            if (value.charAt(i) != '0') {
                return true;
            }
        }
        return false;
    }

    private static boolean isHex(CharSequence value, int from, int to) {
        for (int i = from; i < to; i++) {
            char c = value.charAt(i);
            if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
                return false;
            }
        }
        return true;
    }
}
