package io.signalbox.agent.upstream;

import java.util.List;

/**
 * What an operator sees of a backend's endpoints and limits, over all event loops.
 *
 * @param backend its key: port and name
 * @param endpoints where requests may go
 * @param limits those that are set
 * @param ejections how often an endpoint was taken out
 * @param ejectionsRefused how often one was not, because too many were out
 * @param tlsProblem why TLS cannot be set up; empty: it can, or there is none
 */
public record BackendReport(
        String backend,
        List<EndpointReport> endpoints,
        List<LimitReport> limits,
        long ejections,
        long ejectionsRefused,
        String tlsProblem) {
    public BackendReport {
        endpoints = List.copyOf(endpoints);
        limits = List.copyOf(limits);
    }

    /**
     * One endpoint.
     *
     * @param endpoint address and port, or name and port where the name is looked up for every connection
     * @param activeRequests requests and TCP connections that run, of all backends that share the address
     * @param isEjected whether outlier detection has taken it out
     * @param ejectedMillisLeft until it may return
     * @param timesEjected how often it was taken out of late
     */
    public record EndpointReport(
            String endpoint, long activeRequests, boolean isEjected, long ejectedMillisLeft, int timesEjected) {}

    /**
     * One limit.
     *
     * @param name {@code connections}, {@code pending_requests}, {@code requests} or {@code retries}
     * @param limit how many there may be
     * @param used how many there are
     * @param refused how often there was none left
     */
    public record LimitReport(String name, int limit, int used, long refused) {}
}
