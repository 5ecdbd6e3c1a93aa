package io.signalbox.agent.config;

import io.signalbox.agent.model.PortSnapshot;
import io.signalbox.config.v1.ExplainRequest;
import io.signalbox.config.v1.ExplainResponse;
import io.signalbox.config.v1.WhatIf;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers the config service's questions on a thread of its own, so that neither pushes nor traffic wait for them.
 * Every question gets an answer: what cannot be answered says why.
 */
final class Questions implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Questions.class);
    private static final int MAX_WAITING = 64;
    private static final int SNAPSHOTS_KEPT = 4;

    private final RouteExplainer explainer;
    private final ThreadPoolExecutor thread = new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(MAX_WAITING),
            Thread.ofPlatform().name("signalbox-explain").daemon().factory());
    private final Map<String, PortSnapshot> decoded = new LinkedHashMap<>(8, 0.75f, true);

    Questions(RouteExplainer explainer) {
        this.explainer = explainer;
    }

    /**
     * Takes a question.
     *
     * @param answer is called once, on any thread
     */
    void ask(ExplainRequest request, Consumer<ExplainResponse> answer) {
        try {
            thread.execute(() -> answer.accept(answer(request)));
        } catch (RejectedExecutionException e) {
            answer.accept(error(request, "the agent is busy with other questions"));
        }
    }

    private ExplainResponse answer(ExplainRequest request) {
        try {
            WhatIfSnapshot whatIf = request.hasWhatIf() ? decode(request.getWhatIf()) : null;
            return ExplainResponse.newBuilder()
                    .setId(request.getId())
                    .setExplanation(explainer.explain(request.getQuery(), whatIf))
                    .build();
        } catch (ContentException e) {
            return error(request, "what_if: " + e.reason());
        } catch (IllegalArgumentException e) {
            return error(request, String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            log.error("a question could not be answered: id={}", request.getId(), e);
            return error(request, "the agent failed on this question: " + e);
        }
    }

    private static ExplainResponse error(ExplainRequest request, String reason) {
        return ExplainResponse.newBuilder()
                .setId(request.getId())
                .setError(reason)
                .build();
    }

    private WhatIfSnapshot decode(WhatIf whatIf) throws ContentException {
        return new WhatIfSnapshot(
                whatIf.hasPort() ? port(whatIf.getPort()) : null,
                whatIf.hasWorkloads() ? HeldWorkloads.decode(whatIf.getWorkloads()) : null);
    }

    /** Many questions come with the same snapshot: its version stands for its content. */
    private PortSnapshot port(io.signalbox.config.v1.PortSnapshot proto) throws ContentException {
        int number = AddressDecoder.port("port", proto.getPort());
        String key = number + "/" + proto.getVersion();
        @Nullable PortSnapshot known = decoded.get(key);
        if (known == null) {
            known = HeldPortContent.full(number, proto).snapshot();
            decoded.put(key, known);
            if (decoded.size() > SNAPSHOTS_KEPT) {
                decoded.remove(decoded.keySet().iterator().next());
            }
        }
        return known;
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
