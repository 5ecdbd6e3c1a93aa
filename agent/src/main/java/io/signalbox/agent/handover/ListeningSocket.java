package io.signalbox.agent.handover;

import java.net.InetSocketAddress;

/**
 * A socket that listens. Several may listen on one address, one for each event loop.
 *
 * @param place tells network namespaces apart: empty for the agent's own, else a pod's UID
 * @param address it listens on
 * @param fd file descriptor, open in this process
 */
public record ListeningSocket(String place, InetSocketAddress address, int fd) {}
