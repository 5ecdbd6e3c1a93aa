package io.signalbox.configservice.publish;

import io.signalbox.config.v1.ExplainRequest;
import io.signalbox.config.v1.ExplainResponse;
import io.signalbox.config.v1.Explanation;
import io.signalbox.configservice.publish.Questions.Question;
import io.signalbox.configservice.publish.UnansweredException.Reason;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the connected agents' routers. An agent that does not answer in time, or goes away, is passed over once: the
 * next one is asked. Safe on any thread; blocks the caller until the answer is there.
 */
public final class AgentQuestions {
    /** How long one agent may take to answer. */
    public static final Duration DEADLINE = Duration.ofSeconds(3);

    /** Largest question, in bytes: half of what an agent takes in one message, since a larger one ends its stream. */
    public static final int MAX_QUESTION_BYTES = 32 * 1024 * 1024;

    private static final Logger log = LoggerFactory.getLogger(AgentQuestions.class);
    private static final int MAX_AGENTS_ASKED = 2;

    private final AgentSessions sessions;
    private final Duration deadline;

    /** Questions to the agents of these sessions. */
    public AgentQuestions(AgentSessions sessions) {
        this(sessions, DEADLINE);
    }

    AgentQuestions(AgentSessions sessions, Duration deadline) {
        this.sessions = sessions;
        this.deadline = deadline;
    }

    /**
     * Asks the agent of the node if it is connected, else the first by name.
     *
     * @param node empty: any
     * @param question makes the question for the agent of a node; its id is set here
     * @return the answer, with the name of the node whose agent gave it
     */
    public Explanation ask(String node, Function<String, ExplainRequest> question)
            throws UnansweredException, InterruptedException {
        UnansweredException failure = new UnansweredException(
                Reason.NO_AGENT, "no agent is connected, and only an agent's router can answer; start one");
        AgentSession asked = null;
        for (int attempt = 0; attempt < MAX_AGENTS_ASKED; attempt++) {
            AgentSession session = choose(node, asked);
            if (session == null) {
                break;
            }
            asked = session;
            try {
                return ask(session, question.apply(session.node()));
            } catch (UnansweredException e) {
                if (e.reason() == Reason.REFUSED || e.reason() == Reason.TOO_LARGE) {
                    throw e;
                }
                log.warn("question not answered: node={} reason={}", session.node(), e.getMessage());
                failure = e;
            }
        }
        throw failure;
    }

    @SuppressWarnings("ReferenceEquality") // a node that came back has another session, which may be asked
    private @Nullable AgentSession choose(String node, @Nullable AgentSession asked) {
        List<AgentSession> candidates = sessions.ordered();
        AgentSession first = null;
        for (AgentSession candidate : candidates) {
            if (candidate != asked) {
                if (candidate.node().equals(node)) {
                    return candidate;
                }
                first = first == null ? candidate : first;
            }
        }
        return first;
    }

    private Explanation ask(AgentSession session, ExplainRequest request)
            throws UnansweredException, InterruptedException {
        if (request.getSerializedSize() > MAX_QUESTION_BYTES) {
            throw new UnansweredException(
                    Reason.TOO_LARGE,
                    "the port's snapshot makes a question of " + request.getSerializedSize()
                            + " bytes (expected: at most " + MAX_QUESTION_BYTES + ")");
        }
        Question question = session.ask(request);
        try {
            ExplainResponse response = question.answer().get(deadline.toNanos(), TimeUnit.NANOSECONDS);
            return switch (response.getResultCase()) {
                case EXPLANATION ->
                    response.getExplanation().toBuilder()
                            .setNode(session.node())
                            .build();
                case ERROR ->
                    throw new UnansweredException(
                            Reason.REFUSED,
                            "the agent of " + session.node() + " cannot answer: " + response.getError());
                case RESULT_NOT_SET ->
                    throw new UnansweredException(
                            Reason.REFUSED, "the agent of " + session.node() + " gave an answer without content");
            };
        } catch (TimeoutException e) {
            throw new UnansweredException(
                    Reason.SILENT,
                    "the agent of " + session.node() + " gave no answer in " + deadline.toMillis() + " ms");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnansweredException unanswered) {
                throw unanswered;
            }
            throw new IllegalStateException("a question fails only by its session's end", e);
        } finally {
            session.forget(question);
        }
    }
}
