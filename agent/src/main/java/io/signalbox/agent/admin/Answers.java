package io.signalbox.agent.admin;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;

/** Ways to answer a request. */
final class Answers {
    private static final JsonFactory JSON = new JsonFactory();

    /** Writes the JSON of an answer. */
    interface Body {
        void write(JsonGenerator out) throws IOException;
    }

    private Answers() {}

    static void json(HttpExchange exchange, int code, Body body) throws IOException {
        json(exchange, code, "application/json", body);
    }

    /** An answer in the form of RFC 9457. */
    static void problem(HttpExchange exchange, int code, String title, String detail) throws IOException {
        json(exchange, code, "application/problem+json", out -> {
            out.writeStartObject();
            out.writeStringField("title", title);
            out.writeNumberField("status", code);
            out.writeStringField("detail", detail);
            out.writeEndObject();
        });
    }

    /** Sends the head; the body is for the caller to write, and goes nowhere where HEAD was asked. */
    static OutputStream open(HttpExchange exchange, int code, String contentType) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", contentType);
        exchange.getResponseHeaders().set("Cache-Control", "no-store");
        boolean isHead = exchange.getRequestMethod().equals("HEAD");
        exchange.sendResponseHeaders(code, isHead ? -1 : 0);
        return isHead ? OutputStream.nullOutputStream() : exchange.getResponseBody();
    }

    private static void json(HttpExchange exchange, int code, String contentType, Body body) throws IOException {
        try (OutputStream out = open(exchange, code, contentType);
                JsonGenerator generator = JSON.createGenerator(out)) {
            generator.useDefaultPrettyPrinter();
            body.write(generator);
            generator.writeRaw('\n');
        }
    }
}
