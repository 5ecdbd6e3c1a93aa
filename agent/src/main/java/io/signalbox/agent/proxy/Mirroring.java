package io.signalbox.agent.proxy;

import io.signalbox.agent.balance.PickContext;
import io.signalbox.agent.model.Caller;
import io.signalbox.agent.policy.Draw;
import io.signalbox.agent.routing.PreparedBackend;
import io.signalbox.agent.routing.PreparedMirror;
import io.signalbox.agent.routing.RouteMatch;
import io.signalbox.agent.upstream.UpstreamBackend;
import io.signalbox.agent.upstream.UpstreamEndpoint;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The copies that a route wants of a request. Used for one request after another. */
final class Mirroring {
    private final LoopContext loop;
    private final ExchangeSide side;
    private final PickNotes notes;
    private List<PreparedBackend> drawn = List.of();

    Mirroring(LoopContext loop, ExchangeSide side, PickNotes notes) {
        this.loop = loop;
        this.side = side;
        this.notes = notes;
    }

    /** Draws which copies are made. A destination that is not known gets none. */
    void draw(RouteMatch match, RequestRouter router) {
        List<PreparedMirror> mirrors = match.route().mirrors();
        if (mirrors.isEmpty()) {
            return;
        }
        List<PreparedBackend> hits = new ArrayList<>();
        for (PreparedMirror mirror : mirrors) {
            PreparedBackend to = router.backend(mirror.target());
            if (to != null && Draw.hits(mirror.perMillion(), loop.random())) {
                hits.add(to);
            }
        }
        drawn = hits;
    }

    /**
     * Begins to send the copies.
     *
     * @param authority that was rewritten; null: the request's own counts
     */
    void start(@Nullable Caller caller, @Nullable String authority) {
        if (drawn.isEmpty() || !side.isMirrorable()) {
            return;
        }
        for (PreparedBackend each : drawn) {
            UpstreamBackend to = loop.upstreams().backend(each);
            PickContext picks = new PickContext();
            notes.note(picks, to, caller, authority);
            UpstreamEndpoint endpoint = to.pick(picks);
            if (endpoint == null || !loop.tryMirror()) {
                loop.stats().mirrorsFailed.increment();
            } else if (!endpoint.requestStarted()) {
                loop.mirrorEnded();
                loop.stats().mirrorsFailed.increment();
            } else {
                loop.stats().mirrors.increment();
                side.mirror(endpoint, each.backend().upstreamProtocol());
            }
        }
    }

    /** The request has ended. */
    void forget() {
        drawn = List.of();
    }
}
