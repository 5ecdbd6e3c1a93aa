package io.signalbox.agent.capture.rules;

import io.signalbox.agent.model.Cidr;
import java.util.List;

/**
 * What operators say about capture by rules of the kernel.
 *
 * @param installs whether the agent installs and removes the node's rules itself
 * @param failureMode what new connections do without an agent
 * @param interfaces by which packets of pods come in
 * @param excludedPorts of destinations
 * @param excludedAddresses of destinations
 * @param excludedSources addresses of callers
 * @param keepsSource whether endpoints see callers' addresses
 */
public record CaptureSettings(
        boolean installs,
        FailureMode failureMode,
        List<String> interfaces,
        List<PortRange> excludedPorts,
        List<Cidr> excludedAddresses,
        List<Cidr> excludedSources,
        boolean keepsSource) {
    public CaptureSettings {
        interfaces = List.copyOf(interfaces);
        excludedPorts = List.copyOf(excludedPorts);
        excludedAddresses = List.copyOf(excludedAddresses);
        excludedSources = List.copyOf(excludedSources);
    }

    /**
     * The rules for the node's network namespace.
     *
     * @param port of the listeners
     */
    public CaptureRules rules(CaptureRules.Kind kind, int port, int socketMark) {
        return new CaptureRules(
                kind,
                port,
                socketMark,
                failureMode,
                interfaces,
                excludedPorts,
                excludedAddresses,
                excludedSources,
                keepsSource);
    }
}
