package io.signalbox.loadtest.bench;

import java.util.List;

/** What the client speaks, and with how many connections and streams. */
enum Protocol {
    HTTP1("HTTP/1.1, 32 connections, GET, 100 B back", "--h1", "-c", "32"),
    HTTP2("HTTP/2, 8 connections x 12 streams, POST 100 B, 100 B and a trailer back", "-c", "8", "-m", "12");

    private final String description;
    private final List<String> clientOptions;

    Protocol(String description, String... clientOptions) {
        this.description = description;
        this.clientOptions = List.of(clientOptions);
    }

    String description() {
        return description;
    }

    List<String> clientOptions() {
        return clientOptions;
    }
}
