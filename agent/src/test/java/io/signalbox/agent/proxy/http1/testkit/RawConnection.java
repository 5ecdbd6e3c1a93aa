package io.signalbox.agent.proxy.http1.testkit;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** One end of a TCP connection, written and read as bytes. A read that waits for 20 s fails. */
public final class RawConnection implements AutoCloseable {
    private static final int READ_TIMEOUT_MILLIS = 20_000;

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    RawConnection(Socket socket) throws IOException {
        this.socket = socket;
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(READ_TIMEOUT_MILLIS);
        in = new BufferedInputStream(socket.getInputStream(), 64 * 1024);
        out = socket.getOutputStream();
    }

    /** Connects. */
    public static RawConnection to(InetSocketAddress address) {
        return to(address, 0);
    }

    /** Connects with a receive buffer of that size; 0: the system's default. */
    public static RawConnection to(InetSocketAddress address, int receiveBufferBytes) {
        try {
            Socket socket = new Socket();
            if (receiveBufferBytes > 0) {
                socket.setReceiveBufferSize(receiveBufferBytes);
            }
            socket.connect(address);
            return new RawConnection(socket);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends text, one byte for each character. */
    public RawConnection send(String text) throws IOException {
        return send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Sends bytes. */
    public RawConnection send(byte[] bytes) throws IOException {
        out.write(bytes);
        out.flush();
        return this;
    }

    /** Says that nothing follows. */
    public RawConnection endOutput() throws IOException {
        socket.shutdownOutput();
        return this;
    }

    /** Closes with a reset. */
    public void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    /** The next byte, -1 at the end. */
    public int read() throws IOException {
        return in.read();
    }

    /** That many bytes as text. */
    public String read(int count) throws IOException {
        return new String(readBytes(count), StandardCharsets.ISO_8859_1);
    }

    /** All bytes up to the end; a reset counts as one. */
    public String readToEnd() {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        try {
            for (int b = in.read(); b >= 0; b = in.read()) {
                all.write(b);
            }
        } catch (java.net.SocketTimeoutException e) {
            throw new UncheckedIOException(e);
        } catch (IOException e) {
            // a reset ends it too
        }
        return all.toString(StandardCharsets.ISO_8859_1);
    }

    /** A line without its line end; null at the end of the connection. */
    public String readLine() throws IOException {
        StringBuilder line = new StringBuilder();
        int b = in.read();
        while (b >= 0 && b != '\n') {
            line.append((char) b);
            b = in.read();
        }
        if (b < 0) {
            throw new EOFException("after '" + line + "'");
        }
        return line.substring(0, line.length() - 1);
    }

    /** A head, without a body. */
    public RawMessage readHead() throws IOException {
        String startLine = readLine();
        return new RawMessage(startLine, readFields(), "", "");
    }

    /** A message, framed by content-length or chunks; without either it has no body. */
    public RawMessage readMessage() throws IOException {
        RawMessage head = readHead();
        if (head.header("transfer-encoding").toLowerCase(Locale.ROOT).equals("chunked")) {
            StringBuilder body = new StringBuilder();
            int size = readSize();
            while (size > 0) {
                body.append(read(size));
                readLine();
                size = readSize();
            }
            return new RawMessage(head.startLine(), head.fields(), body.toString(), readFields());
        }
        String length = head.header("content-length");
        String body = length.isEmpty() ? "" : read(Integer.parseInt(length));
        return new RawMessage(head.startLine(), head.fields(), body, "");
    }

    private String readFields() throws IOException {
        StringBuilder fields = new StringBuilder();
        for (String line = readLine(); !line.isEmpty(); line = readLine()) {
            fields.append(line).append("\r\n");
        }
        return fields.toString();
    }

    /** That many bytes. */
    public byte[] readBytes(int count) throws IOException {
        byte[] bytes = in.readNBytes(count);
        if (bytes.length < count) {
            throw new EOFException(bytes.length + " of " + count + " bytes came");
        }
        return bytes;
    }

    /** The line that begins a chunk, without extensions. */
    public int readSize() throws IOException {
        return Integer.parseInt(readLine(), 16);
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
