package io.signalbox.agent.config;

/**
 * Who the agent says it is.
 *
 * @param node name of the Kubernetes node
 * @param zone of the node; empty when unknown
 * @param agentVersion version of this program, for people
 */
public record AgentIdentity(String node, String zone, String agentVersion) {}
