package io.signalbox.agent.proxy;

import io.netty.handler.codec.http2.Http2Headers.PseudoHeaderName;
import io.netty.util.AsciiString;
import io.signalbox.agent.policy.HeaderFields;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The fields of one header block, in the order in which they came. Reused, so that a request makes no object for it
 * beyond the strings that HPACK decodes. Fields are checked when they are added (RFC 9113 section 8.2.1).
 */
public final class HeaderBlock implements HeaderFields {
    // The very objects that Netty's HPACK tables hold, so that comparing mostly ends at the reference.
    public static final AsciiString METHOD = PseudoHeaderName.METHOD.value();
    public static final AsciiString SCHEME = PseudoHeaderName.SCHEME.value();
    public static final AsciiString AUTHORITY = PseudoHeaderName.AUTHORITY.value();
    public static final AsciiString PATH = PseudoHeaderName.PATH.value();
    public static final AsciiString STATUS = PseudoHeaderName.STATUS.value();
    public static final AsciiString PROTOCOL = PseudoHeaderName.PROTOCOL.value();
    public static final AsciiString HOST = AsciiString.cached("host");
    public static final AsciiString CONTENT_TYPE = AsciiString.cached("content-type");
    public static final AsciiString GRPC_STATUS = AsciiString.cached("grpc-status");
    public static final AsciiString GRPC_TIMEOUT = AsciiString.cached("grpc-timeout");
    public static final AsciiString TRACEPARENT = AsciiString.cached("traceparent");
    public static final AsciiString TRACESTATE = AsciiString.cached("tracestate");
    public static final AsciiString REQUEST_ID = AsciiString.cached("x-request-id");
    public static final AsciiString DATE = AsciiString.cached("date");

    /** Value of {@link #METHOD} in requests for a tunnel. */
    public static final AsciiString CONNECT = AsciiString.cached("CONNECT");

    /** Value of {@link #PROTOCOL} in requests for a WebSocket (RFC 8441 section 5). */
    public static final AsciiString WEBSOCKET = AsciiString.cached("websocket");

    /** Longest name or value, in bytes, that is remembered as well formed. */
    private static final int LONGEST_REMEMBERED = 256;

    private static final AsciiString[] NONE = {};
    private static final int FIRST_SIZE = 16;

    private AsciiString[] names = NONE;
    private AsciiString[] values = NONE;
    /** By place: the name and the value that were checked last. */
    private @Nullable AsciiString[] checkedNames = NONE;

    private @Nullable AsciiString[] checkedValues = NONE;
    private int size;
    private @Nullable AsciiString method;
    private @Nullable AsciiString scheme;
    private @Nullable AsciiString authority;
    private @Nullable AsciiString path;
    private @Nullable AsciiString status;
    private @Nullable AsciiString protocol;
    private boolean duplicatePseudo;
    private boolean regularSeen;

    /** Number of fields, the pseudo-header fields among them. */
    public int size() {
        return size;
    }

    /** Name of a field, lower-case. */
    public AsciiString name(int index) {
        return names[index];
    }

    /** Value of a field. */
    public AsciiString value(int index) {
        return values[index];
    }

    /** {@code :method}, null when absent. */
    public @Nullable AsciiString method() {
        return method;
    }

    /** {@code :scheme}, null when absent. */
    public @Nullable AsciiString scheme() {
        return scheme;
    }

    /** {@code :authority}, null when absent. */
    public @Nullable AsciiString authority() {
        return authority;
    }

    /** {@code :path}, null when absent. */
    public @Nullable AsciiString path() {
        return path;
    }

    /** {@code :protocol}, null when absent. */
    public @Nullable AsciiString protocol() {
        return protocol;
    }

    /** Whether the block asks for a tunnel of another protocol (RFC 8441 section 4). */
    public boolean isExtendedConnect() {
        return protocol != null;
    }

    /** The status, or 0 when the block has none or it is not three digits. */
    public int statusCode() {
        AsciiString text = status;
        if (text == null || text.length() != 3) {
            return 0;
        }
        int code = 0;
        for (int i = 0; i < 3; i++) {
            int digit = text.byteAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return 0;
            }
            code = code * 10 + digit;
        }
        return code;
    }

    /**
     * Whether the block has the pseudo-header fields of a request, each once and none of a response; that of a protocol
     * only with the method CONNECT.
     */
    public boolean isRequest() {
        return !duplicatePseudo
                && method != null
                && status == null
                && path != null
                && scheme != null
                && !path.isEmpty()
                && (protocol == null || method.equals(CONNECT));
    }

    /** Whether the block has exactly the pseudo-header field of a response. */
    public boolean isResponse() {
        return !duplicatePseudo
                && statusCode() >= 100
                && method == null
                && path == null
                && scheme == null
                && authority == null
                && protocol == null;
    }

    /** Whether the block has no pseudo-header fields. */
    public boolean isTrailers() {
        return size == 0 || names[0].byteAt(0) != ':';
    }

    /** The first value of a field, null when absent. */
    public @Nullable AsciiString get(AsciiString name) {
        int index = indexOf(name);
        return index < 0 ? null : values[index];
    }

    private int indexOf(AsciiString name) {
        for (int i = 0; i < size; i++) {
            if (names[i].length() == name.length() && names[i].equals(name)) {
                return i;
            }
        }
        return -1;
    }

    /** Replaces the first value of a field, or adds the field at the end. */
    public void set(AsciiString name, AsciiString value) {
        int index = indexOf(name);
        if (index < 0) {
            append(name, value);
        } else {
            values[index] = value;
        }
    }

    /** Replaces the path. */
    public void setPath(AsciiString newPath) {
        set(PATH, newPath);
        path = newPath;
    }

    /** Replaces the authority, however it was told. */
    public void setAuthority(AsciiString newAuthority) {
        if (authority != null) {
            set(AUTHORITY, newAuthority);
            authority = newAuthority;
        }
        int host = indexOf(HOST);
        if (host >= 0) {
            values[host] = newAuthority;
        }
    }

    /** Takes a field away. */
    public void removeAt(int index) {
        size--;
        System.arraycopy(names, index + 1, names, index, size - index);
        System.arraycopy(values, index + 1, values, index, size - index);
        names[size] = AsciiString.EMPTY_STRING;
        values[size] = AsciiString.EMPTY_STRING;
    }

    @Override
    public void remove(String name) {
        for (int i = size - 1; i >= 0; i--) {
            if (names[i].length() == name.length() && names[i].contentEquals(name)) {
                removeAt(i);
            }
        }
    }

    @Override
    public void set(String name, String value) {
        remove(name);
        add(name, value);
    }

    @Override
    public void add(String name, String value) {
        append(AsciiString.of(name), new AsciiString(value.getBytes(StandardCharsets.UTF_8), false));
    }

    /**
     * Adds a field that a peer sent. What stood at the same place of an earlier block is known to be well formed, so
     * that fields which a compression table repeats are not read again.
     *
     * @throws IllegalArgumentException when RFC 9113 does not allow it; the message names the field
     */
    @SuppressWarnings(
            "ReferenceEquality") // the same object is what the table repeats; comparing bytes would cost what it saves
    public void addReceived(AsciiString name, AsciiString value) {
        int place = size;
        append(name, value);
        if (checkedNames[place] != name) {
            ReceivedFields.checkName(name);
            checkedNames[place] = name.length() <= LONGEST_REMEMBERED ? name : null;
        }
        if (checkedValues[place] != value) {
            ReceivedFields.checkValue(name, value);
            // A long value would stay in memory for as long as the block, and is not repeated by reference anyway.
            checkedValues[place] = value.length() <= LONGEST_REMEMBERED ? value : null;
        }
        if (name.byteAt(0) == ':') {
            pseudo(name, value);
        } else {
            regularSeen = true;
            ReceivedFields.checkAllowed(name, value);
        }
    }

    /** Adds a field of our own making. */
    public HeaderBlock add(AsciiString name, AsciiString value) {
        append(name, value);
        return this;
    }

    private void append(AsciiString name, AsciiString value) {
        if (size == names.length) {
            int grown = Math.max(FIRST_SIZE, size * 2);
            names = Arrays.copyOf(names, grown);
            values = Arrays.copyOf(values, grown);
            checkedNames = Arrays.copyOf(checkedNames, grown);
            checkedValues = Arrays.copyOf(checkedValues, grown);
        }
        names[size] = name;
        values[size++] = value;
    }

    private void pseudo(AsciiString name, AsciiString value) {
        if (regularSeen) {
            throw new IllegalArgumentException("pseudo-header field " + name + " after a regular field");
        }
        if (name.equals(METHOD)) {
            duplicatePseudo |= method != null;
            method = value;
        } else if (name.equals(PATH)) {
            duplicatePseudo |= path != null;
            path = value;
        } else if (name.equals(SCHEME)) {
            duplicatePseudo |= scheme != null;
            scheme = value;
        } else if (name.equals(AUTHORITY)) {
            duplicatePseudo |= authority != null;
            authority = value;
        } else if (name.equals(STATUS)) {
            duplicatePseudo |= status != null;
            status = value;
        } else if (name.equals(PROTOCOL)) {
            duplicatePseudo |= protocol != null;
            protocol = value;
        } else {
            throw new IllegalArgumentException("unknown pseudo-header field " + name);
        }
    }

    /** Copies all fields of another block. */
    public void copyFrom(HeaderBlock other) {
        clear();
        for (int i = 0; i < other.size; i++) {
            append(other.names[i], other.values[i]);
        }
        method = other.method;
        scheme = other.scheme;
        authority = other.authority;
        path = other.path;
        status = other.status;
        protocol = other.protocol;
        duplicatePseudo = other.duplicatePseudo;
    }

    /** Lets go of memory that a small block does not need; the block is empty then. */
    public void trim() {
        clear();
        names = NONE;
        values = NONE;
        checkedNames = NONE;
        checkedValues = NONE;
    }

    /** Forgets everything, so that the block can be used again. */
    public void clear() {
        Arrays.fill(names, 0, size, null);
        Arrays.fill(values, 0, size, null);
        size = 0;
        method = null;
        scheme = null;
        authority = null;
        path = null;
        status = null;
        protocol = null;
        duplicatePseudo = false;
        regularSeen = false;
    }
}
