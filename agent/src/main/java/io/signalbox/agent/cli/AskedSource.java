package io.signalbox.agent.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who calls, as the command line names it.
 *
 * @param workload {@code namespace/name}, name or address of a workload of the node; null: none named
 */
record AskedSource(
        @Nullable String workload,
        @Nullable String namespace,
        Map<String, String> labels,
        @Nullable String locality) {
    void writeTo(ObjectNode json) {
        if (workload != null) {
            boolean isAddress = workload.indexOf(':') >= 0 || workload.matches("[0-9.]+");
            json.put(isAddress ? "address" : "workload", workload);
        }
        if (namespace != null) {
            json.put("namespace", namespace);
        }
        if (!labels.isEmpty()) {
            ObjectNode all = json.putObject("labels");
            labels.forEach(all::put);
        }
        if (locality != null) {
            json.put("locality", locality);
        }
    }
}
