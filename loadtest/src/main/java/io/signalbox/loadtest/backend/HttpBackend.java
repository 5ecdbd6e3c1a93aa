package io.signalbox.loadtest.backend;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP/1.1 server, in clear text or with TLS. Every answer names it in the header {@code x-endpoint} and says which
 * Host, request target and traceparent arrived, and from where ({@code x-seen-host}, {@code x-seen-target},
 * {@code x-seen-traceparent}, {@code x-seen-peer}). A request with {@code x-tell-headers} is told all header fields
 * that arrived, as {@code name=value} joined with {@code |} in {@code x-seen-headers}. With TLS, an answer also says
 * which server name and which client certificate's subject were shown ({@code x-seen-sni}, {@code x-seen-client}).
 *
 * <ul>
 *   <li>{@code /}: its name
 *   <li>{@code /echo}: the request's body
 *   <li>{@code /sink}: number of bytes and SHA-256 of the request's body; with {@code ?gate=NAME} it reads nothing
 *       before that gate opens
 *   <li>{@code /source?bytes=N}: N bytes of test content; with {@code &chunked=true} in chunks
 *   <li>{@code /status?code=N}: that status
 *   <li>{@code /delay?millis=N}: its name, after a while
 *   <li>{@code /hold?gate=NAME}: its name, when the gate opens
 * </ul>
 */
public final class HttpBackend implements Backend {
    private static final int COPY_BUFFER_BYTES = 64 * 1024;

    static {
        // Read when the first server is made: head and body go out in two writes, which Nagle's algorithm would hold
        // up.
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    private final String name;
    private final HttpServer server;
    private final ExecutorService threads;
    private final LongAdder requests = new LongAdder();
    private final LongAdder sourceBytes = new LongAdder();
    private final Map<String, Gate> gates = new ConcurrentHashMap<>();

    private HttpBackend(String name, HttpServer server, ExecutorService threads) {
        this.name = name;
        this.server = server;
        this.threads = threads;
    }

    /** Binds {@code address} (port 0 picks a free one) and listens. */
    public static HttpBackend start(String name, InetSocketAddress address) throws IOException {
        return start(name, HttpServer.create(address, 0));
    }

    /**
     * A starter of HTTPS servers.
     *
     * @param wantsClient whether a client without a certificate that the context trusts is refused
     */
    public static Backend.Starter<HttpBackend> tls(SSLContext context, boolean wantsClient) {
        return (name, address) -> {
            HttpsServer server = HttpsServer.create(address, 0);
            server.setHttpsConfigurator(new HttpsConfigurator(context) {
                @Override
                public void configure(HttpsParameters parameters) {
                    SSLParameters tls = context.getDefaultSSLParameters();
                    tls.setNeedClientAuth(wantsClient);
                    parameters.setSSLParameters(tls);
                }
            });
            return start(name, server);
        };
    }

    private static HttpBackend start(String name, HttpServer server) {
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        HttpBackend backend = new HttpBackend(name, server, threads);
        server.setExecutor(threads);
        server.createContext("/", backend::handle);
        server.start();
        return backend;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public InetSocketAddress address() {
        return server.getAddress();
    }

    /** Requests that arrived. */
    public long requests() {
        return requests.sum();
    }

    /** Bytes that {@code /source} has handed to the transport so far, of all requests. */
    public long sourceBytes() {
        return sourceBytes.sum();
    }

    /** The gate of that name; made when first asked for. */
    public Gate gate(String gateName) {
        return gates.computeIfAbsent(gateName, n -> new Gate());
    }

    /** Stops listening and returns when the running requests have ended. */
    public void drain() {
        server.stop(30);
        threads.close();
    }

    @Override
    public void close() {
        gates.values().forEach(Gate::open);
        server.stop(0);
        threads.shutdownNow();
    }

    private void handle(HttpExchange exchange) throws IOException {
        requests.increment();
        try (exchange) {
            Map<String, String> query = query(exchange);
            Headers headers = exchange.getResponseHeaders();
            headers.set("x-endpoint", name);
            headers.set("x-seen-peer", exchange.getRemoteAddress().getAddress().getHostAddress());
            headers.set("x-seen-target", exchange.getRequestURI().toASCIIString());
            if (exchange.getRequestHeaders().containsKey("x-tell-headers")) {
                headers.set("x-seen-headers", allHeaders(exchange));
            }
            if (exchange instanceof HttpsExchange secure) {
                tellSession(headers, (ExtendedSSLSession) secure.getSSLSession());
            }
            copyHeader(exchange, "host", "x-seen-host");
            copyHeader(exchange, "traceparent", "x-seen-traceparent");
            switch (exchange.getRequestURI().getPath()) {
                case "/echo" -> echo(exchange);
                case "/sink" -> sink(exchange, query.get("gate"));
                case "/source" -> source(exchange, number(query, "bytes"), query.containsKey("chunked"));
                case "/status" -> answer(exchange, (int) number(query, "code"));
                case "/delay" -> {
                    var _ = new CountDownLatch(1).await(number(query, "millis"), TimeUnit.MILLISECONDS);
                    answer(exchange, 200);
                }
                case "/hold" -> {
                    gate(query.getOrDefault("gate", "")).pass();
                    answer(exchange, 200);
                }
                default -> answer(exchange, 200);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void answer(HttpExchange exchange, int status) throws IOException {
        exchange.getRequestBody().skip(Long.MAX_VALUE);
        if (status == 204 || status == 304) {
            exchange.sendResponseHeaders(status, -1);
        } else {
            answer(exchange, status, name + "\n");
        }
    }

    private static void answer(HttpExchange exchange, int status, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("content-type", "text/plain; charset=utf-8");
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.getResponseHeaders().set("content-length", Integer.toString(body.length));
            exchange.sendResponseHeaders(status, -1);
            return;
        }
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }

    private static void echo(HttpExchange exchange) throws IOException {
        String length = exchange.getRequestHeaders().getFirst("content-length");
        exchange.sendResponseHeaders(200, length == null ? 0 : length.equals("0") ? -1 : Long.parseLong(length));
        exchange.getRequestBody().transferTo(exchange.getResponseBody());
    }

    private void sink(HttpExchange exchange, @Nullable String gate) throws IOException, InterruptedException {
        if (gate != null) {
            gate(gate).pass();
        }
        answer(exchange, 200, Payloads.drain(exchange.getRequestBody()) + "\n");
    }

    private void source(HttpExchange exchange, long bytes, boolean chunked) throws IOException {
        exchange.getRequestBody().skip(Long.MAX_VALUE);
        exchange.sendResponseHeaders(200, chunked ? 0 : bytes == 0 ? -1 : bytes);
        byte[] buffer = new byte[COPY_BUFFER_BYTES];
        InputStream content = Payloads.stream(bytes);
        for (int read = content.read(buffer); read >= 0; read = content.read(buffer)) {
            exchange.getResponseBody().write(buffer, 0, read);
            sourceBytes.add(read);
        }
    }

    private static void copyHeader(HttpExchange exchange, String from, String to) {
        String value = exchange.getRequestHeaders().getFirst(from);
        if (value != null) {
            exchange.getResponseHeaders().set(to, value);
        }
    }

    private static void tellSession(Headers headers, ExtendedSSLSession session) {
        headers.set(
                "x-seen-sni",
                session.getRequestedServerNames().stream()
                        .map(serverName -> new String(serverName.getEncoded(), StandardCharsets.US_ASCII))
                        .collect(Collectors.joining(",")));
        try {
            headers.set("x-seen-client", session.getPeerPrincipal().getName());
        } catch (SSLPeerUnverifiedException e) {
            // It showed no certificate.
        }
    }

    private static String allHeaders(HttpExchange exchange) {
        return exchange.getRequestHeaders().entrySet().stream()
                .map(field -> field.getKey().toLowerCase(Locale.ROOT) + "=" + String.join(",", field.getValue()))
                .sorted()
                .collect(Collectors.joining("|"));
    }

    private static Map<String, String> query(HttpExchange exchange) {
        String query = exchange.getRequestURI().getQuery();
        return query == null
                ? Map.of()
                : Stream.of(query.split("&", -1))
                        .map(pair -> pair.split("=", 2))
                        .collect(Collectors.toMap(pair -> pair[0], pair -> pair.length == 2 ? pair[1] : ""));
    }

    private static long number(Map<String, String> query, String key) {
        String value = query.get(key);
        if (value == null) {
            throw new UncheckedIOException(new IOException("query: no " + key + " (expected: a number)"));
        }
        return Long.parseLong(value);
    }
}
