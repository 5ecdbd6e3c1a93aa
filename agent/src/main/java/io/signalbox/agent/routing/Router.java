package io.signalbox.agent.routing;

import io.signalbox.agent.model.Caller;
import io.signalbox.agent.model.OutboundPolicy;
import java.net.InetAddress;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides on the traffic of one caller to one destination, by one table. Which frontend stands for what is described in
 * "Understanding Traffic Routing" of Istio, whose sidecar behaviour this follows. Immutable; made when a connection
 * begins, and again when another table has come into force.
 *
 * <p>A connection is asked about once before its bytes are seen; where the answer is
 * {@link ConnectionDecision.Inspect}, again when they tell what they are. Requests found on it are asked about one by
 * one.
 */
public final class Router {
    private static final ConnectionDecision INSPECT = new ConnectionDecision.Inspect();
    private static final ConnectionDecision PASSTHROUGH = new ConnectionDecision.Passthrough();
    private static final ConnectionDecision REFUSE = new ConnectionDecision.Refuse();

    private final @Nullable PortTable table;
    private final InetAddress destination;
    private final Caller caller;
    private final CallerView view;
    private final @Nullable PreparedFrontend frontend;
    private final @Nullable PreparedFrontend anyAddress;

    private Router(@Nullable PortTable table, InetAddress destination, Caller caller) {
        this.table = table;
        this.destination = destination;
        this.caller = caller;
        this.view = table == null ? CallerView.EMPTY : table.view(caller);
        this.frontend = view.frontend(destination);
        this.anyAddress = frontend == null ? view.anyAddress(destination) : null;
    }

    /**
     * The router of a connection.
     *
     * @param table of the destination's port; null when the port is not configured
     * @param destination the original destination
     */
    public static Router of(@Nullable PortTable table, InetAddress destination, Caller caller) {
        return new Router(table, destination, caller);
    }

    /** The table that decides; null when the port is not configured. */
    public @Nullable PortTable table() {
        return table;
    }

    /** Who asks. */
    public Caller caller() {
        return caller;
    }

    /** The backend that a target means for the caller; null when its destination is not known. */
    public @Nullable PreparedBackend backend(PreparedTarget target) {
        return table == null ? null : table.backend(target, caller);
    }

    // ---- connections ----------------------------------------------------------------------------------------------

    /** Decides before any bytes are seen. An exact address or a range hides everything else on the port. */
    public ConnectionDecision connection() {
        if (frontend == null && (!view.hosts().isEmpty() || !view.snis().isEmpty())) {
            return INSPECT;
        }
        return takesHttp() || dependsOnSni() ? INSPECT : opaque();
    }

    /** Whether HTTP on the connection is decided request by request; else it is opaque. */
    public boolean takesHttp() {
        if (frontend == null && !view.hosts().isEmpty()) {
            return true;
        }
        PreparedFrontend byAddress = addressFrontend();
        return byAddress != null && byAddress.takesHttp();
    }

    /** Whether a TLS connection is decided by its SNI; else it is opaque. */
    public boolean dependsOnSni() {
        PreparedFrontend byAddress = addressFrontend();
        if (frontend == null && !view.snis().isEmpty()) {
            return true;
        }
        if (byAddress != null) {
            for (PreparedL4Route route : byAddress.routes()) {
                if (route.fits(destination, caller)) {
                    // A route for every SNI ends the search, so only those before it depend on one.
                    return route.dependsOnSni();
                }
            }
        }
        return false;
    }

    /** Decides on bytes that are neither HTTP for which there is a frontend, nor TLS that depends on its SNI. */
    public ConnectionDecision opaque() {
        return tls(null);
    }

    /**
     * Decides on a TLS connection.
     *
     * @param sni null: none
     */
    public ConnectionDecision tls(@Nullable CharSequence sni) {
        if (table != null && frontend == null && sni != null) {
            int number = view.snis().find(sni, sni.length());
            if (number != NameTable.NONE) {
                return byRoute(FrontendMatch.SNI, table.sni(number).routes(), sni);
            }
        }
        PreparedFrontend byAddress = addressFrontend();
        return byAddress == null ? unmatched() : byRoute(byAddress.match(), byAddress.routes(), sni);
    }

    /** The frontend of the destination's address, else the one of every address; null when there is none. */
    public @Nullable PreparedFrontend addressFrontend() {
        return frontend == null ? anyAddress : frontend;
    }

    private ConnectionDecision byRoute(FrontendMatch match, List<PreparedL4Route> routes, @Nullable CharSequence sni) {
        for (PreparedL4Route route : routes) {
            if (route.fits(destination, caller) && route.fitsSni(sni)) {
                return route.route().isUnmatched()
                        ? unmatched()
                        : new ConnectionDecision.Forward(bySni(match, route) ? FrontendMatch.SNI : match, route);
            }
        }
        return unmatched();
    }

    /** Inside a range it is the SNI that tells services apart; at a service's own address it only chooses a rule. */
    private boolean bySni(FrontendMatch match, PreparedL4Route route) {
        return frontend != null && route.dependsOnSni() && !frontend.cidr().isExact() && match == FrontendMatch.VIP;
    }

    private ConnectionDecision unmatched() {
        return caller.outboundPolicy() == OutboundPolicy.REGISTRY_ONLY ? REFUSE : PASSTHROUGH;
    }

    // ---- requests -------------------------------------------------------------------------------------------------

    /**
     * Decides on a request. Makes no object but for regular expressions.
     *
     * @return never {@link RequestDecision.Kind#LOOP}, which only whoever knows the listeners can tell
     */
    public RequestDecision request(RequestAttributes request) {
        PreparedVirtualHost host = virtualHost(request.authority());
        if (host == null) {
            return caller.outboundPolicy() == OutboundPolicy.REGISTRY_ONLY
                    ? RequestDecision.REFUSED
                    : RequestDecision.PASSTHROUGH;
        }
        return host.decide(request, caller);
    }

    /**
     * The virtual host of a request: that of a detected address, else that of the Host value. For HTTP the destination
     * counts in no other way.
     *
     * @return null when nobody claims the value for this caller
     */
    public @Nullable PreparedVirtualHost virtualHost(CharSequence authority) {
        PreparedVirtualHost host = claimedBy(authority);
        while (host != null && table != null && !host.hasRouteFor(caller)) {
            host = table.otherwise(host);
        }
        return host;
    }

    /** The virtual host that claims a Host value, though another may stand in for it; null when nobody does. */
    public @Nullable PreparedVirtualHost claimedBy(CharSequence authority) {
        if (table == null) {
            return null;
        }
        if (frontend != null && frontend.takesHttp()) {
            return table.virtualHost(frontend.virtualHost());
        }
        int slot = view.hosts().find(authority, HostName.end(authority));
        if (slot == NameTable.NONE && anyAddress != null && anyAddress.takesHttp()) {
            slot = anyAddress.virtualHost();
        }
        return slot == NameTable.NONE ? null : table.virtualHost(slot);
    }

    /** Namespaces to whose callers a Host value, which need not be known to this one, means something of their own. */
    public Set<String> namespacesThatKnow(CharSequence authority) {
        return table == null ? Set.of() : table.namespacesThatKnow(authority, HostName.end(authority));
    }
}
