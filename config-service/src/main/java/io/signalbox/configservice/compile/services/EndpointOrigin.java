package io.signalbox.configservice.compile.services;

/** Where the endpoints of a service come from. */
public enum EndpointOrigin {
    /** They are declared: slices, endpoints of the entry, selected workloads. */
    DECLARED,
    /** The address that the caller dialled. */
    ORIGINAL_DESTINATION,
    /** DNS, all addresses. */
    DNS,
    /** DNS, one current answer. */
    DNS_ROUND_ROBIN,
    /** DNS of Host or SNI, request by request. */
    DYNAMIC_DNS
}
