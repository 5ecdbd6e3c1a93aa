package io.signalbox.configservice.compile.l4;

import io.signalbox.configservice.compile.http.HttpPort;
import io.signalbox.configservice.compile.port.PortContext;

/** Connections on one port. Make one, call {@link #compile}, drop it. */
public final class ConnectionPort {
    private final AddressFrontends addresses;
    private final SniFrontends names;

    /**
     * The connections of a port.
     *
     * @param http asked for the virtual hosts of detected ports
     */
    public ConnectionPort(PortContext context, HttpPort http) {
        ConnectionRoutes routes = new ConnectionRoutes(context);
        addresses = new AddressFrontends(context, routes, http);
        names = new SniFrontends(context, routes);
    }

    /** Makes the frontends of the port. */
    public void compile() {
        addresses.compile();
        names.compile();
    }
}
