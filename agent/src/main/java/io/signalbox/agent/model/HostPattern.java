package io.signalbox.agent.model;

/**
 * A Host value, and who may use it.
 *
 * @param pattern lower-case, without port: a name, an address (IPv6 in brackets), or {@code *.} and a suffix
 * @param callerNamespace the pattern counts only for callers in this namespace; empty: for all
 */
public record HostPattern(String pattern, String callerNamespace) {}
