package io.signalbox.configservice.compile.backends;

import io.signalbox.configservice.compile.policy.MergedRule;
import io.signalbox.configservice.compile.services.MeshPort;
import io.signalbox.configservice.compile.services.MeshService;
import org.jspecify.annotations.Nullable;

/**
 * A backend without its endpoints.
 *
 * @param name unique within a port
 * @param subset empty: none
 * @param rule the DestinationRule that its policy comes from; null: none
 */
public record BackendSpec(
        String name,
        MeshService service,
        MeshPort port,
        String subset,
        @Nullable MergedRule rule) {}
