package io.signalbox.configservice.publish;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One connected agent, for people.
 *
 * @param replica of the config service that the agent is connected to: this one
 * @param pushInFlight whether it has yet to answer a push
 * @param pushes pushes on this stream
 * @param acks those that it applied whole
 * @param nacks those that it refused in part or whole
 * @param lastAckLatency from the last answered push to its answer
 * @param ports by port number
 */
public record AgentView(
        String node,
        String replica,
        String zone,
        String agentVersion,
        Instant connectedSince,
        Instant lastHeard,
        boolean pushInFlight,
        long pushes,
        long acks,
        long nacks,
        Optional<Duration> lastAckLatency,
        List<Port> ports) {
    public AgentView {
        ports = List.copyOf(ports);
    }

    /**
     * A port that the agent holds, was sent or refused.
     *
     * @param heldVersion what it serves; empty: nothing
     * @param publishedVersion what it should serve; empty: the port is gone
     * @param refusedReason why it refused that; empty: it did not
     * @param sentBytes bytes of updates for this port on this stream
     */
    public record Port(int port, String heldVersion, String publishedVersion, String refusedReason, long sentBytes) {
        /** Whether the agent serves what it should. */
        public boolean isAcked() {
            return heldVersion.equals(publishedVersion);
        }
    }
}
