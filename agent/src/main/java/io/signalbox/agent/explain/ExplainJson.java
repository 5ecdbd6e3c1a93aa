package io.signalbox.agent.explain;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import io.signalbox.agent.config.RouteExplainer;
import io.signalbox.agent.model.NodeWorkloads;
import io.signalbox.config.v1.ExplainedBackend;
import io.signalbox.config.v1.ExplainedMirror;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Questions and answers as JSON, for the agent's own endpoint. A question is written as for {@code POST /v1/explain} of
 * the config service; its source may also name a workload of the node, by name or address. The answer is the contract's
 * message, with the field names of the contract.
 */
public final class ExplainJson {
    /** Loaded with the first question: most agents are never asked. */
    private static final class Codec {
        /** Fields that say something also when they are 0 or empty. */
        private static final Set<FieldDescriptor> ALWAYS_SHOWN = Set.of(
                ExplainedBackend.getDescriptor().findFieldByNumber(ExplainedBackend.WEIGHT_FIELD_NUMBER),
                ExplainedBackend.getDescriptor().findFieldByNumber(ExplainedBackend.ENDPOINTS_FIELD_NUMBER),
                ExplainedMirror.getDescriptor().findFieldByNumber(ExplainedMirror.PERCENT_FIELD_NUMBER));

        static final ObjectMapper MAPPER = new ObjectMapper();
        static final JsonFormat.Printer PRINTER = JsonFormat.printer()
                .preservingProtoFieldNames()
                .sortingMapKeys()
                .includingDefaultValueFields(ALWAYS_SHOWN);
    }

    private final RouteExplainer explainer;
    private final Supplier<NodeWorkloads> workloads;

    /** @param workloads of the node, in force now */
    public ExplainJson(RouteExplainer explainer, Supplier<NodeWorkloads> workloads) {
        this.explainer = explainer;
        this.workloads = workloads;
    }

    /**
     * Answers a question.
     *
     * @throws IllegalArgumentException for a question that cannot be answered; the message says why
     */
    public String answer(String question) {
        JsonNode body;
        try {
            body = Codec.MAPPER.readTree(question);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("body: not JSON: " + e.getOriginalMessage(), e);
        }
        try {
            String printed = Codec.PRINTER.print(explainer.explain(new QueryReader(workloads.get()).read(body), null));
            // The printer escapes quotes as if the text were to stand in HTML.
            return Codec.MAPPER.readTree(printed).toPrettyString();
        } catch (InvalidProtocolBufferException | JsonProcessingException e) {
            throw new IllegalStateException("an answer has no messages of unknown type", e);
        }
    }
}
