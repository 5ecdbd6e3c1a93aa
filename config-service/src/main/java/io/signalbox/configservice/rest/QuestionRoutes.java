package io.signalbox.configservice.rest;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.signalbox.config.v1.ExplainedBackend;
import io.signalbox.config.v1.ExplainedMirror;
import io.signalbox.config.v1.Explanation;
import io.signalbox.configservice.explain.Explainer;
import io.signalbox.configservice.explain.WhatIfException;
import io.signalbox.configservice.explain.WhatIfs;
import io.signalbox.configservice.publish.UnansweredException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Questions: what becomes of a request, and what is to be said of manifests. So many at a time, and no more. */
final class QuestionRoutes {
    /** Questions that are worked on at a time, so that their bodies and compilations have a bound. */
    static final int MAX_AT_ONCE = 8;

    /** How long a further question waits for its turn. */
    static final Duration MAX_WAIT = Duration.ofSeconds(2);

    /** Fields that say something also when they are 0 or empty. */
    private static final Set<FieldDescriptor> ALWAYS_SHOWN = Set.of(
            ExplainedBackend.getDescriptor().findFieldByNumber(ExplainedBackend.WEIGHT_FIELD_NUMBER),
            ExplainedBackend.getDescriptor().findFieldByNumber(ExplainedBackend.ENDPOINTS_FIELD_NUMBER),
            ExplainedMirror.getDescriptor().findFieldByNumber(ExplainedMirror.PERCENT_FIELD_NUMBER));

    private static final JsonFormat.Printer PRINTER =
            JsonFormat.printer().preservingProtoFieldNames().sortingMapKeys().includingDefaultValueFields(ALWAYS_SHOWN);

    private final Explainer explainer;
    private final WhatIfs whatIfs;
    private final Semaphore turns = new Semaphore(MAX_AT_ONCE, true);

    QuestionRoutes(Explainer explainer, WhatIfs whatIfs) {
        this.explainer = explainer;
        this.whatIfs = whatIfs;
    }

    Handler explain() {
        return inTurn(this::explain);
    }

    Handler validate() {
        return inTurn(this::validate);
    }

    private interface Question {
        void answer(ServerRequest request, ServerResponse response)
                throws UnansweredException, WhatIfException, InterruptedException;
    }

    private Handler inTurn(Question question) {
        return (request, response) -> {
            try {
                if (!turns.tryAcquire(MAX_WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
                    response.header(HeaderNames.RETRY_AFTER, "1");
                    throw new ApiException(
                            Status.TOO_MANY_REQUESTS_429,
                            MAX_AT_ONCE + " questions are worked on already (expected: at most " + MAX_AT_ONCE
                                    + " at a time); ask again");
                }
                try {
                    question.answer(request, response);
                } finally {
                    turns.release();
                }
            } catch (WhatIfException e) {
                throw new ApiException(Status.GATEWAY_TIMEOUT_504, String.valueOf(e.getMessage()));
            } catch (UnansweredException e) {
                throw new ApiException(status(e), String.valueOf(e.getMessage()));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new ApiException(Status.SERVICE_UNAVAILABLE_503, "the config service is shutting down");
            }
        };
    }

    private static Status status(UnansweredException e) {
        return switch (e.reason()) {
            case NO_AGENT -> Status.SERVICE_UNAVAILABLE_503;
            case SILENT -> Status.GATEWAY_TIMEOUT_504;
            case REFUSED -> Status.BAD_GATEWAY_502;
            case TOO_LARGE -> Status.REQUEST_ENTITY_TOO_LARGE_413;
        };
    }

    private void explain(ServerRequest request, ServerResponse response)
            throws UnansweredException, WhatIfException, InterruptedException {
        ExplainInput input = ExplainInput.read(RequestBody.read(request));
        Json.sendText(response, json(explainer.explain(input.query(), input.manifests())));
    }

    private static String json(Explanation explanation) {
        try {
            return PRINTER.print(explanation);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("an explanation has no Any, so it can be printed", e);
        }
    }

    private void validate(ServerRequest request, ServerResponse response) throws WhatIfException, InterruptedException {
        Json.send(
                response,
                Views.validation(whatIfs.compile(ValidateInput.read(RequestBody.read(request)))
                        .problems()));
    }
}
