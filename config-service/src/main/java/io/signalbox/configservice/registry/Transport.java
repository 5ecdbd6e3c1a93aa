package io.signalbox.configservice.registry;

/** What a port runs over. Only TCP is routed. */
public enum Transport {
    TCP,
    UDP,
    SCTP
}
