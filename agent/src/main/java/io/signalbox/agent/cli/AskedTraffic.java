package io.signalbox.agent.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The connection or request that a URL and its options mean. */
final class AskedTraffic {
    /** Of a range that is nobody's (RFC 5737): where no address is named, it can match nothing but "any address". */
    private static final String ANY_ADDRESS = "192.0.2.1";

    private final String protocol;
    private final @Nullable String method;
    private final String path;
    private final String destination;
    private final boolean isAssumed;
    private final String host;
    private final Map<String, List<String>> headers = new LinkedHashMap<>();
    private String authority;

    private AskedTraffic(
            String protocol,
            @Nullable String method,
            String authority,
            String host,
            String path,
            String destination,
            boolean isAssumed) {
        this.protocol = protocol;
        this.method = method;
        this.authority = authority;
        this.host = host;
        this.path = path;
        this.destination = destination;
        this.isAssumed = isAssumed;
    }

    /**
     * Reads a URL.
     *
     * @param method null: the protocol's usual one
     * @param destination {@code ip:port}; null: not named
     */
    static AskedTraffic of(@Nullable String method, String url, boolean http2, @Nullable String destination) {
        int schemeEnd = url.indexOf("://");
        String scheme = schemeEnd < 0 ? "http" : url.substring(0, schemeEnd).toLowerCase(Locale.ROOT);
        String rest = schemeEnd < 0 ? url : url.substring(schemeEnd + 3);
        String protocol = switch (scheme) {
            case "http" -> http2 ? "http2" : "http";
            case "grpc" -> "grpc";
            case "https", "tls" -> "tls";
            case "tcp" -> "tcp";
            default -> throw bad("URL", url, "http://, https://, grpc://, tls:// or tcp://");
        };
        int authorityEnd = firstOf(rest, "/?#");
        String authority = rest.substring(0, authorityEnd);
        String path = rest.substring(authorityEnd);
        int hash = path.indexOf('#');
        path = hash < 0 ? path : path.substring(0, hash);
        path = path.startsWith("/") ? path : "/" + path;
        int colon = authority.endsWith("]") ? -1 : authority.lastIndexOf(':');
        String host = colon < 0 ? authority : authority.substring(0, colon);
        if (host.isEmpty()) {
            throw bad("URL", url, "a host");
        }
        String port = colon < 0 ? defaultPort(protocol, url) : authority.substring(colon + 1);
        if (!port.matches("[0-9]{1,5}")) {
            throw bad("port", "'" + port + "'", "1 to 65535");
        }
        boolean isAddress = isAddress(host);
        if (destination == null && protocol.equals("tcp") && !isAddress) {
            throw bad("URL", url, "an IP address, which is all that an opaque connection bears; or --destination");
        }
        String assumed = (isAddress ? host : ANY_ADDRESS) + ":" + port;
        return new AskedTraffic(
                protocol,
                method,
                authority,
                host,
                path,
                destination == null ? assumed : destination,
                destination == null && !isAddress);
    }

    private static int firstOf(String text, String chars) {
        for (int i = 0; i < text.length(); i++) {
            if (chars.indexOf(text.charAt(i)) >= 0) {
                return i;
            }
        }
        return text.length();
    }

    private static String defaultPort(String protocol, String url) {
        return switch (protocol) {
            case "tls" -> "443";
            case "tcp" -> throw bad("URL", url, "a port");
            default -> "80";
        };
    }

    private static boolean isAddress(String host) {
        String literal = host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
        try {
            InetAddress.ofLiteral(literal);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Adds a header, written as {@code Name: value}. */
    void header(String line) {
        int colon = line.indexOf(':');
        if (colon <= 0) {
            throw bad("--header", "'" + line + "'", "'Name: value'");
        }
        String name = line.substring(0, colon).strip();
        String value = line.substring(colon + 1).strip();
        if (name.equalsIgnoreCase("host")) {
            authority = value;
        } else {
            headers.computeIfAbsent(name, n -> new ArrayList<>()).add(value);
        }
    }

    /** What was assumed, as a sentence; empty when nothing was. */
    Optional<String> assumption() {
        if (!isAssumed) {
            return Optional.empty();
        }
        boolean isTls = protocol.equals("tls");
        return Optional.of("No --destination: assuming " + destination + ", an address that no service has"
                + (isTls ? "." : "; for HTTP the address counts only where a port's protocol is detected."));
    }

    /** The question as JSON. */
    String question(AskedSource source) {
        ObjectNode question = JsonNodeFactory.instance.objectNode();
        source.writeTo(question.putObject("source"));
        question.put("destination", destination);
        question.put("protocol", protocol);
        switch (protocol) {
            case "tcp" -> {}
            case "tls" -> {
                ObjectNode tls = question.putObject("tls");
                if (!isAddress(host)) {
                    tls.put("sni", host);
                }
            }
            default -> http(question.putObject("http"));
        }
        return question.toString();
    }

    private void http(ObjectNode http) {
        http.put("method", method == null ? (protocol.equals("grpc") ? "POST" : "GET") : method);
        http.put("authority", authority);
        http.put("path", path);
        ObjectNode all = http.putObject("headers");
        headers.forEach((name, values) -> {
            ArrayNode array = all.putArray(name);
            values.forEach(array::add);
        });
    }

    private static IllegalArgumentException bad(String where, String actual, String expected) {
        return new IllegalArgumentException(where + ": " + actual + " (expected: " + expected + ")");
    }
}
