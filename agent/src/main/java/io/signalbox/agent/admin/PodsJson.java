package io.signalbox.agent.admin;

import com.fasterxml.jackson.core.JsonGenerator;
import io.signalbox.agent.capture.pods.PodReport;
import io.signalbox.agent.capture.rules.FailureMode;
import java.io.IOException;
import java.util.List;
import java.util.Locale;

/** Writes the network namespaces of pods as JSON. */
final class PodsJson {
    private PodsJson() {}

    static void write(JsonGenerator out, List<PodReport> pods) throws IOException {
        out.writeStartArray();
        for (PodReport pod : pods) {
            out.writeStartObject();
            out.writeStringField("uid", pod.uid());
            if (pod.name() != null) {
                out.writeStringField("name", pod.name());
            }
            out.writeNumberField("network_namespace", pod.inode());
            out.writeStringField("state", pod.state().name().toLowerCase(Locale.ROOT));
            FailureMode failureMode = pod.failureMode();
            if (failureMode != null) {
                out.writeStringField("failure_mode", failureMode.name().toLowerCase(Locale.ROOT));
                out.writeNumberField("port", pod.port());
            }
            if (!pod.reason().isEmpty()) {
                out.writeStringField("reason", pod.reason());
            }
            out.writeEndObject();
        }
        out.writeEndArray();
    }
}
