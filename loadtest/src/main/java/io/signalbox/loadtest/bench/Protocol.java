package io.signalbox.loadtest.bench;

import java.util.List;

/** What the client speaks, and with how many connections and streams. */
enum Protocol {
    HTTP1("HTTP/1.1, 32 connections, GET, 100 B back"),
    HTTP2("HTTP/2, 8 connections x 12 streams, POST 100 B, 100 B and a trailer back");

    private final String description;

    Protocol(String description) {
        this.description = description;
    }

    String description() {
        return description;
    }

    List<String> clientOptions() {
        return switch (this) {
            case HTTP1 -> List.of("--h1", "-c", "32");
            case HTTP2 -> List.of("-c", "8", "-m", "12");
        };
    }
}
