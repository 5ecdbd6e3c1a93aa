package io.signalbox.agent.proxy.http1;

import io.netty.buffer.ByteBuf;
import io.signalbox.agent.proxy.ByteText;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A head as it came, with what {@link HeadParser} found in it: ranges of {@link #bytes}, not copies. It is reused, so
 * whoever needs a value for longer copies it.
 */
final class Head {
    /** Stands where there is none. Never written. */
    static final Head NONE = new Head();

    private static final int RANGES_PER_FIELD = 4;
    private static final int INITIAL_BYTES = 1024;
    private static final int INITIAL_FIELDS = 32;

    byte[] bytes = new byte[INITIAL_BYTES];
    int length;

    /** End of the method, which begins at 0. */
    int methodTo;

    int targetFrom;
    int targetTo;

    /** Where the path begins in an absolute-form target; {@link #targetFrom} in the other forms. */
    int pathFrom;

    int status;
    boolean http10;

    /** Where the first field begins. */
    int fieldsFrom;

    /** Where the empty line begins that ends the head. */
    int fieldsTo;

    int fieldCount;
    int hostFrom;
    int hostTo;

    /** -1 when there is none. */
    long contentLength;

    boolean chunked;

    /** Connection says {@code close}. */
    boolean close;

    /** Connection says {@code upgrade}. */
    boolean upgradeOption;

    /** Connection names fields that are dropped for that reason only. */
    boolean namesFields;

    /** TE says {@code trailers}. */
    boolean trailersWelcome;

    /** Index of the first such field, -1 when there is none. */
    int upgradeField;

    /** Index of the field, -1 when there is none, -2 when there are several. */
    int traceparentField;

    /** Index of the first such field, -1 when there is none. */
    int tracestateField;

    /** Likewise. */
    int contentTypeField;

    boolean hasRequestId;
    boolean hasForwardedProto;
    boolean hasDate;

    /** A response says {@code x-envoy-ratelimited}. */
    boolean rateLimited;

    private int[] ranges = new int[INITIAL_FIELDS * RANGES_PER_FIELD];
    private HeaderName[] names = new HeaderName[INITIAL_FIELDS];

    /** Takes the next bytes of a buffer as a head that is yet to be parsed. */
    void load(ByteBuf in, int count) {
        if (bytes.length < count) {
            bytes = new byte[Math.max(count, bytes.length * 2)];
        }
        in.readBytes(bytes, 0, count);
        length = count;
    }

    /** Adds one byte to a head that is collected bit by bit. */
    void append(byte b) {
        if (length == bytes.length) {
            bytes = Arrays.copyOf(bytes, length * 2);
        }
        bytes[length++] = b;
    }

    void forgetFields() {
        http10 = false;
        status = 0;
        fieldCount = 0;
        hostFrom = 0;
        hostTo = 0;
        contentLength = -1;
        chunked = false;
        close = false;
        upgradeOption = false;
        namesFields = false;
        trailersWelcome = false;
        upgradeField = -1;
        traceparentField = -1;
        tracestateField = -1;
        contentTypeField = -1;
        hasRequestId = false;
        hasForwardedProto = false;
        hasDate = false;
        rateLimited = false;
    }

    void addField(HeaderName name, int nameFrom, int nameTo, int valueFrom, int valueTo) {
        if (fieldCount == names.length) {
            names = Arrays.copyOf(names, fieldCount * 2);
            ranges = Arrays.copyOf(ranges, ranges.length * 2);
        }
        names[fieldCount] = name;
        int at = fieldCount * RANGES_PER_FIELD;
        ranges[at] = nameFrom;
        ranges[at + 1] = nameTo;
        ranges[at + 2] = valueFrom;
        ranges[at + 3] = valueTo;
        fieldCount++;
    }

    HeaderName name(int field) {
        return names[field];
    }

    int nameFrom(int field) {
        return ranges[field * RANGES_PER_FIELD];
    }

    int nameTo(int field) {
        return ranges[field * RANGES_PER_FIELD + 1];
    }

    int valueFrom(int field) {
        return ranges[field * RANGES_PER_FIELD + 2];
    }

    int valueTo(int field) {
        return ranges[field * RANGES_PER_FIELD + 3];
    }

    /** Where the next field, or the empty line, begins. */
    int lineTo(int field) {
        return field + 1 < fieldCount ? nameFrom(field + 1) : fieldsTo;
    }

    String value(int field) {
        return Ascii.text(bytes, valueFrom(field), valueTo(field));
    }

    /**
     * The value of a field, to which the text is pointed; null for a negative index, which means that there is none.
     */
    @Nullable
    CharSequence value(int field, ByteText text) {
        return field < 0 ? null : text.pointTo(bytes, valueFrom(field), valueTo(field));
    }

    boolean isMethod(byte[] upperCase) {
        return Arrays.equals(bytes, 0, methodTo, upperCase, 0, upperCase.length);
    }

    /** Whether the target names scheme and host too. */
    boolean isAbsoluteForm() {
        return pathFrom != targetFrom;
    }

    /** Whether this is so large that it is not worth keeping for another message. */
    boolean isOversized() {
        return bytes.length > 8 * 1024 || names.length > 128;
    }
}
