package io.signalbox.agent.proxy;

import io.signalbox.agent.balance.PickContext;
import io.signalbox.agent.model.Caller;
import io.signalbox.agent.model.ConsistentHash;
import io.signalbox.agent.upstream.ServerNames;
import io.signalbox.agent.upstream.UpstreamBackend;
import org.jspecify.annotations.Nullable;

/** Tells what the choice of an endpoint depends on in a request. */
final class PickNotes {
    private final LoopContext loop;
    private final Origin origin;
    private final ExchangeSide side;

    PickNotes(LoopContext loop, Origin origin, ExchangeSide side) {
        this.loop = loop;
        this.origin = origin;
        this.side = side;
    }

    /**
     * Notes it.
     *
     * @param authority that was rewritten; null: the request's own counts
     * @return value of {@code set-cookie} that tells the caller its key from now on; null: the caller needs none
     */
    @Nullable
    String note(PickContext picks, UpstreamBackend backend, @Nullable Caller caller, @Nullable String authority) {
        picks.caller(caller);
        picks.originalDestination(origin.destinationEndpoint(), origin.loopsBack());
        if (backend.wantsServerName()) {
            String name = authority == null ? side.request().authority().toString() : authority;
            picks.serverName(ServerNames.of(name));
        }
        ConsistentHash.Key key = backend.hashKey();
        return key == null ? null : HashKeys.note(picks, key, side.request(), origin.peer(), loop.random());
    }
}
