package io.signalbox.loadtest.scale;

import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An API server that lists the objects of a cluster in pages, and agrees to watches in which nothing happens. */
final class ListServer implements AutoCloseable {
    private static final Pattern REQUEST = Pattern.compile("GET /(?<path>[^? ]*)(\\?(?<query>\\S*))? .*");
    private static final Pattern NUMBER = Pattern.compile("(?<name>limit|continue)=(?<value>[0-9]+)");
    private static final String WEBSOCKET_KEY = "sec-websocket-key:";

    /** RFC 6455, section 1.3. */
    private static final String WEBSOCKET_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    private static final int BACKLOG = 64;

    private final ListedCluster cluster;
    private final ServerSocket socket;

    ListServer(ListedCluster cluster) throws IOException {
        this.cluster = cluster;
        this.socket = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return socket.getLocalPort();
    }

    private void accept() {
        try {
            while (true) {
                Socket connection = socket.accept();
                Thread.ofVirtual().start(() -> serve(connection));
            }
        } catch (IOException e) {
            // Closed: the measurement is over.
            return;
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            BufferedReader in = new BufferedReader(new InputStreamReader(
                    new BufferedInputStream(connection.getInputStream()), StandardCharsets.US_ASCII));
            OutputStream out = connection.getOutputStream();
            String request = in.readLine();
            while (request != null) {
                String key = "";
                for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
                    if (line.regionMatches(true, 0, WEBSOCKET_KEY, 0, WEBSOCKET_KEY.length())) {
                        key = line.substring(WEBSOCKET_KEY.length()).strip();
                    }
                }
                out.write((key.isEmpty() ? answer(request) : agreement(key)).getBytes(StandardCharsets.UTF_8));
                out.flush();
                request = in.readLine();
            }
        } catch (IOException e) {
            // The other side went away.
            return;
        }
    }

    private static String agreement(String key) {
        try {
            byte[] accept = MessageDigest.getInstance("SHA-1")
                    .digest((key + WEBSOCKET_GUID).getBytes(StandardCharsets.US_ASCII));
            return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
                    + Base64.getEncoder().encodeToString(accept) + "\r\n\r\n";
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-1", e);
        }
    }

    private String answer(String request) {
        Matcher matcher = REQUEST.matcher(request);
        String path = matcher.matches() ? matcher.group("path") : "";
        String plural = path.substring(path.lastIndexOf('/') + 1);
        if (cluster.count(plural) == 0 && !plural.equals("namespaces")) {
            return "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
        }
        String body = page(plural, matcher.group("query"));
        return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
                + body.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n" + body;
    }

    private String page(String plural, String query) {
        int from = 0;
        int limit = Integer.MAX_VALUE;
        Matcher number = NUMBER.matcher(query == null ? "" : query);
        while (number.find()) {
            int value = Integer.parseInt(number.group("value"));
            if (number.group("name").equals("limit")) {
                limit = value;
            } else {
                from = value;
            }
        }
        int end = (int) Math.min(cluster.count(plural), (long) from + limit);
        StringBuilder items = new StringBuilder();
        for (int i = from; i < end; i++) {
            items.append(i == from ? "" : ",").append(cluster.object(plural, i));
        }
        String next = end < cluster.count(plural) ? Integer.toString(end) : "";
        return "{\"metadata\":{\"resourceVersion\":\"1\",\"continue\":\"" + next + "\"},\"items\":[" + items + "]}";
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
