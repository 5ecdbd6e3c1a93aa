package io.signalbox.configservice.snapshot;

/** One named part of a port snapshot: the unit of change. */
public sealed interface Resource permits AddressFrontend, VirtualHost, Backend {
    /** Unique within the port: {@code address/<cidr>}, {@code virtual-host/<name>} or {@code backend/<name>}. */
    String resourceName();
}
