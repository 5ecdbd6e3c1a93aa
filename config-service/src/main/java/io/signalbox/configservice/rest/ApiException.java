package io.signalbox.configservice.rest;

import io.helidon.http.Status;

/** Ends a request with a problem document. The message is its detail. */
final class ApiException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Status status;

    ApiException(Status status, String detail) {
        super(detail);
        this.status = status;
    }

    Status status() {
        return status;
    }
}
