package io.signalbox.configservice.publish;

import io.signalbox.config.v1.ExplainRequest;
import io.signalbox.config.v1.ExplainResponse;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The questions to one agent that are not answered. Not safe for use by several threads; the session guards it. */
final class Questions {
    /**
     * A question and where its answer will be.
     *
     * @param answer fails with {@link UnansweredException} when the session ends first
     */
    record Question(ExplainRequest request, CompletableFuture<ExplainResponse> answer) {}

    private final Queue<ExplainRequest> unsent = new ArrayDeque<>();
    private final Map<String, Question> unanswered = new HashMap<>();
    private long asked;

    /** Takes a question, whose id is set here. */
    Question add(ExplainRequest request) {
        asked++;
        ExplainRequest named = request.toBuilder().setId(Long.toString(asked)).build();
        Question question = new Question(named, new CompletableFuture<>());
        unsent.add(named);
        unanswered.put(named.getId(), question);
        return question;
    }

    /** The next question to send; null when there is none. */
    @Nullable
    ExplainRequest next() {
        return unsent.poll();
    }

    /** The agent answered. False when nobody waits for an answer of that id. */
    boolean answer(ExplainResponse response) {
        Question question = unanswered.remove(response.getId());
        return question != null && question.answer.complete(response);
    }

    /** Nobody waits for the answer any more. */
    void forget(Question question) {
        unanswered.remove(question.request.getId());
        unsent.remove(question.request);
    }

    /** There will be no answers. */
    void failAll(UnansweredException failure) {
        unsent.clear();
        List<Question> open = List.copyOf(unanswered.values());
        unanswered.clear();
        open.forEach(question -> question.answer.completeExceptionally(failure));
    }
}
