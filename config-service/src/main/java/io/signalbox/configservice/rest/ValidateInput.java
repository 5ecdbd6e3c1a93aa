package io.signalbox.configservice.rest;

import com.fasterxml.jackson.databind.JsonNode;
import io.helidon.http.Status;
import io.signalbox.configservice.explain.Manifests;
import java.util.ArrayList;
import java.util.List;

/** The body of {@code POST /v1/validate}. */
final class ValidateInput {
    private ValidateInput() {}

    /**
     * Reads a body.
     *
     * @throws ApiException with everything that is wrong with it
     */
    static Manifests read(JsonNode body) {
        List<String> errors = new ArrayList<>();
        Input root = Input.of(body, errors).object("manifests", "overlay");
        Input manifests = root.field("manifests");
        if (!manifests.isPresent()) {
            manifests.error("is missing (expected: text, Kubernetes YAML)");
        }
        Manifests read = new Manifests(manifests.text(""), root.field("overlay").flag());
        if (!errors.isEmpty()) {
            throw new ApiException(Status.BAD_REQUEST_400, String.join("; ", errors));
        }
        return read;
    }
}
