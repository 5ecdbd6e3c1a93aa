package io.signalbox.loadtest.scale;

import com.google.protobuf.ByteString;
import io.signalbox.config.v1.Backend;
import io.signalbox.config.v1.Endpoint;
import io.signalbox.config.v1.Resource;
import io.signalbox.config.v1.VirtualHost;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How the number of a change can be read from the resources that it makes. */
final class ChangeMarks {
    /** First byte of an endpoint's address that holds the number of a change in the other three. */
    static final int MARKED_NETWORK = 11;

    /** Connection limits above this hold the number of a change. */
    static final int MARKED_LIMIT = 1_000_000;

    private static final Pattern ROUTE = Pattern.compile("changed-(\\d+)");
    private static final Pattern SERVICE = Pattern.compile("virtual-host/extra-(\\d+)\\..*");

    private ChangeMarks() {}

    /** Address of an endpoint that a change brings. */
    static String address(int change) {
        return MARKED_NETWORK + "." + (change >> 16 & 0xff) + "." + (change >> 8 & 0xff) + "." + (change & 0xff);
    }

    /** The changes that the resource shows, of each kind the last. */
    static Set<Integer> of(Resource resource) {
        Set<Integer> changes = new TreeSet<>();
        if (resource.hasBackend()) {
            Backend backend = resource.getBackend();
            for (Endpoint endpoint : backend.getEndpointsList()) {
                ByteString address = endpoint.getAddress();
                if (address.size() == 4 && address.byteAt(0) == MARKED_NETWORK) {
                    changes.add((address.byteAt(1) & 0xff) << 16
                            | (address.byteAt(2) & 0xff) << 8
                            | (address.byteAt(3) & 0xff));
                }
            }
            int limit = backend.getConnectionPool().getMaxConnections();
            if (limit >= MARKED_LIMIT) {
                changes.add(limit - MARKED_LIMIT);
            }
        } else if (resource.hasVirtualHost()) {
            VirtualHost host = resource.getVirtualHost();
            host.getRoutesList().forEach(route -> add(ROUTE, route.getRule().getRoute(), changes));
            add(SERVICE, resource.getName(), changes);
        }
        return changes;
    }

    private static void add(Pattern pattern, String text, Set<Integer> changes) {
        Matcher matcher = pattern.matcher(text);
        if (matcher.matches()) {
            changes.add(Integer.parseInt(matcher.group(1)));
        }
    }
}
