package io.signalbox.agent.routing;

import io.signalbox.agent.model.Caller;
import io.signalbox.agent.model.L4Route;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * A route of connections with its backends looked up.
 *
 * @param route what the snapshot says
 * @param targets where connections go; empty where they are unmatched
 */
public record PreparedL4Route(L4Route route, WeightedTargets targets) {
    /** Whether the route fits a connection, but for its SNI. */
    boolean fits(InetAddress destination, Caller caller) {
        return (route.destinationSubnet() == null || route.destinationSubnet().contains(destination))
                && caller.hasLabels(route.sourceLabels());
    }

    /** @param sni null: none, or not TLS */
    boolean fitsSni(@Nullable CharSequence sni) {
        return !dependsOnSni() || (sni != null && HostName.fits(route.sniHost(), sni));
    }

    boolean dependsOnSni() {
        return !route.sniHost().isEmpty();
    }
}
