package io.signalbox.agent.config;

import com.google.protobuf.ByteString;
import io.signalbox.agent.model.AddressFrontend;
import io.signalbox.agent.model.Cidr;
import io.signalbox.agent.model.FrontendProtocol;
import io.signalbox.agent.model.HostPattern;
import io.signalbox.agent.model.L4Route;
import io.signalbox.agent.model.SniFrontend;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/** Frontends of connections, and their routes. */
final class FrontendDecoder {
    private FrontendDecoder() {}

    static AddressFrontend address(String name, io.signalbox.config.v1.AddressFrontend proto) throws ContentException {
        Cidr cidr = cidr(name, proto.getAddress(), proto.getPrefixLength());
        FrontendProtocol protocol = switch (proto.getProtocol()) {
            case FRONTEND_PROTOCOL_TCP -> FrontendProtocol.TCP;
            case FRONTEND_PROTOCOL_TLS -> FrontendProtocol.TLS;
            case FRONTEND_PROTOCOL_DETECT -> FrontendProtocol.DETECT;
            case FRONTEND_PROTOCOL_UNSPECIFIED, UNRECOGNIZED ->
                throw Fields.unknownEnum(name + ": protocol", proto.getProtocolValue());
        };
        String virtualHost = proto.getVirtualHost();
        if (!virtualHost.isEmpty() && protocol != FrontendProtocol.DETECT) {
            throw Fields.bad(name + ": virtual_host", "'" + virtualHost + "'", "empty unless the protocol is detected");
        }
        return new AddressFrontend(
                cidr,
                ResourceDecoder.audience(proto.getAudience()),
                proto.getService(),
                protocol,
                virtualHost.isEmpty() ? null : virtualHost,
                routes(name, proto.getRoutesList()),
                proto.getPodAddress());
    }

    static SniFrontend sni(String name, io.signalbox.config.v1.SniFrontend proto) throws ContentException {
        return new SniFrontend(
                proto.getName(),
                hostPatterns(name + ": hosts", proto.getHostsList(), false),
                routes(name, proto.getRoutesList()));
    }

    static List<HostPattern> hostPatterns(
            String where, List<io.signalbox.config.v1.HostPattern> all, boolean isStarAllowed) throws ContentException {
        List<HostPattern> hosts = new ArrayList<>(all.size());
        for (int i = 0; i < all.size(); i++) {
            io.signalbox.config.v1.HostPattern host = all.get(i);
            hosts.add(new HostPattern(
                    Fields.hostPattern(where + "[" + i + "].pattern", host.getPattern(), isStarAllowed),
                    ResourceDecoder.audience(host.getAudience())));
        }
        return hosts;
    }

    private static List<L4Route> routes(String name, List<io.signalbox.config.v1.L4Route> all) throws ContentException {
        List<L4Route> routes = new ArrayList<>(all.size());
        for (int i = 0; i < all.size(); i++) {
            routes.add(route(name + ": routes[" + i + "]", all.get(i)));
        }
        return routes;
    }

    private static L4Route route(String where, io.signalbox.config.v1.L4Route proto) throws ContentException {
        String sniHost = proto.getSniHost();
        if (proto.getUnmatched() && proto.getBackendsCount() > 0) {
            throw Fields.bad(where + ".backends", proto.getBackendsCount() + " of them", "none with unmatched");
        }
        return new L4Route(
                proto.hasRule() ? RouteDecoder.rule(proto.getRule()) : null,
                proto.getService(),
                sniHost.isEmpty() ? "" : Fields.hostPattern(where + ".sni_host", sniHost, false),
                proto.hasDestinationSubnet()
                        ? cidr(
                                where + ".destination_subnet",
                                proto.getDestinationSubnet().getAddress(),
                                proto.getDestinationSubnet().getPrefixLength())
                        : null,
                Fields.labels(where + ".source_labels", proto.getSourceLabelsList()),
                proto.getUnmatched() ? List.of() : RouteDecoder.weighted(where, proto.getBackendsList()));
    }

    private static Cidr cidr(String where, ByteString bytes, int prefixLength) throws ContentException {
        InetAddress address = AddressDecoder.address(where + ": address", bytes);
        Fields.range(where + ": prefix_length", prefixLength, 0, bytes.size() * Byte.SIZE);
        for (int bit = prefixLength; bit < bytes.size() * Byte.SIZE; bit++) {
            if ((bytes.byteAt(bit / Byte.SIZE) & (0x80 >> (bit % Byte.SIZE))) != 0) {
                throw ContentException.invalid(
                        where + ": address: bits after prefix_length " + prefixLength + " are set (expected: zeros)");
            }
        }
        return new Cidr(address, prefixLength);
    }
}
