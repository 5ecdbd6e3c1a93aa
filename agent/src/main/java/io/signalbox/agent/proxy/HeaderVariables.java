package io.signalbox.agent.proxy;

import io.signalbox.agent.policy.HeaderValues;
import org.jspecify.annotations.Nullable;

/** What the header values of a rule may name, of the request that runs. */
final class HeaderVariables implements HeaderValues.Variables {
    private final Origin origin;
    private final ExchangeSide side;

    HeaderVariables(Origin origin, ExchangeSide side) {
        this.origin = origin;
        this.side = side;
    }

    @Override
    public String remoteAddress() {
        return origin.peerText();
    }

    @Override
    public String localAddress() {
        return origin.destinationText();
    }

    @Override
    public String protocol() {
        return side.protocol();
    }

    @Override
    public @Nullable String requestHeader(String name) {
        CharSequence value = switch (name) {
            case ":method" -> side.request().method();
            case ":path" -> side.pathAndQuery();
            case ":authority" -> side.request().authority();
            case ":scheme" -> side.request().scheme();
            default -> side.request().header(name);
        };
        return value == null ? null : value.toString();
    }
}
