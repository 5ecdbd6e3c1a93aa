package io.signalbox.configservice.rest;

import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderNames;
import io.helidon.http.ServerResponseHeaders;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

/**
 * The body of every error (RFC 9457).
 *
 * @param type {@code about:blank}: the status says what kind of error it is
 * @param title the status in words
 * @param status the HTTP status
 * @param detail what is wrong with this request, as a sentence
 * @param instance path of the request
 */
record ProblemDocument(String type, String title, int status, String detail, String instance) {
    static final String MEDIA_TYPE = "application/problem+json";

    static ProblemDocument of(Status status, String detail, String instance) {
        return new ProblemDocument("about:blank", status.reasonPhrase(), status.code(), detail, instance);
    }

    static void send(ServerRequest request, ServerResponse response, Status status, String detail) {
        Json.send(
                response, status, MEDIA_TYPE, of(status, detail, request.path().rawPath()));
    }

    /** Answers what does not reach routing, such as a malformed request. */
    static DirectHandler.TransportResponse direct(
            DirectHandler.TransportRequest request,
            DirectHandler.EventType event,
            Status status,
            ServerResponseHeaders headers,
            String message) {
        return DirectHandler.TransportResponse.builder()
                .status(status)
                .headers(headers)
                .header(HeaderNames.CONTENT_TYPE, MEDIA_TYPE)
                .keepAlive(event.keepAlive())
                .entity(Json.bytes(of(status, message, request.path())))
                .build();
    }
}
