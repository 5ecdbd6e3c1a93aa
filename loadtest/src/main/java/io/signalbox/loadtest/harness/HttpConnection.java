package io.signalbox.loadtest.harness;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/1.1 connection, kept alive: what is sent on it is exactly what the caller says, and it is never replaced by
 * another one. Not safe for use by several threads.
 */
public final class HttpConnection implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 30_000;

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    private HttpConnection(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new BufferedInputStream(socket.getInputStream());
        this.out = socket.getOutputStream();
    }

    /** Connects. */
    public static HttpConnection open(InetSocketAddress address) throws IOException {
        return open(address, null, TIMEOUT_MILLIS);
    }

    /** Connects from a local address, which says who asks; null: the usual one. */
    public static HttpConnection open(InetSocketAddress address, @Nullable String from) throws IOException {
        return open(address, from, TIMEOUT_MILLIS);
    }

    /** Connects, and waits at most that long for that and for each answer. */
    public static HttpConnection open(InetSocketAddress address, Duration timeout) throws IOException {
        return open(address, null, (int) timeout.toMillis());
    }

    private static HttpConnection open(InetSocketAddress address, @Nullable String from, int timeoutMillis)
            throws IOException {
        Socket socket = new Socket();
        if (from != null) {
            socket.bind(new InetSocketAddress(InetAddress.ofLiteral(from), 0));
        }
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(timeoutMillis);
        try {
            socket.connect(address, timeoutMillis);
            return new HttpConnection(socket);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /** Sends a GET with that Host and reads the response. */
    public Response get(String host, String path) throws IOException {
        return get(host, path, Map.of());
    }

    /** Sends a GET with that Host and more headers, and reads the response. */
    public Response get(String host, String path, Map<String, String> headers) throws IOException {
        sendGet(host, path, headers);
        return readResponse();
    }

    /** Sends a GET; its response is read later. */
    public void sendGet(String host, String path, Map<String, String> headers) throws IOException {
        StringBuilder head = new StringBuilder("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\n");
        headers.forEach(
                (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        send(head.append("\r\n").toString());
    }

    /** Sends that text as it is. */
    public void send(String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }

    /** Waits for the first byte of a response. Fails with {@link EOFException} when the connection ends before. */
    public void awaitResponse() throws IOException {
        in.mark(1);
        if (in.read() < 0) {
            throw new EOFException("connection ended before a response");
        }
        in.reset();
    }

    /** Reads the next response, its body included. Fails with {@link EOFException} when the connection ends before. */
    public Response readResponse() throws IOException {
        String[] statusLine = readLine().split(" ", 3);
        Map<String, String> headers = new TreeMap<>();
        for (String line = readLine(); !line.isEmpty(); line = readLine()) {
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        int status = Integer.parseInt(statusLine[1]);
        return new Response(status, headers, new String(readBody(status, headers), StandardCharsets.UTF_8));
    }

    /** Whether the peer has ended the connection; waits for it. */
    public boolean isEnded() throws IOException {
        return in.read() < 0;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    private byte[] readBody(int status, Map<String, String> headers) throws IOException {
        if (status == 204 || status == 304) {
            return new byte[0];
        }
        if ("chunked".equalsIgnoreCase(headers.get("transfer-encoding"))) {
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            for (int size = chunkSize(); size > 0; size = chunkSize()) {
                body.write(readExactly(size));
                readLine();
            }
            readLine();
            return body.toByteArray();
        }
        String length = headers.get("content-length");
        return length == null ? in.readAllBytes() : readExactly(Integer.parseInt(length));
    }

    private int chunkSize() throws IOException {
        return Integer.parseInt(readLine().strip(), 16);
    }

    private byte[] readExactly(int bytes) throws IOException {
        byte[] read = in.readNBytes(bytes);
        if (read.length < bytes) {
            throw new EOFException("connection ended in a body: " + read.length + " of " + bytes + " bytes");
        }
        return read;
    }

    private String readLine() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException("connection ended after: " + line);
            }
            if (next != '\r') {
                line.append((char) next);
            }
        }
        return line.toString();
    }

    /**
     * A response.
     *
     * @param status such as 200
     * @param headers by name in lower case; of a repeated one the last
     * @param body as text
     */
    public record Response(int status, Map<String, String> headers, String body) {
        /** The backend that answered; empty when the answer was not a backend's. */
        public String endpoint() {
            return headers.getOrDefault("x-endpoint", "");
        }
    }
}
