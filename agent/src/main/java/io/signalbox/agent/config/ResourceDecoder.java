package io.signalbox.agent.config;

import com.google.protobuf.ByteString;
import io.signalbox.agent.model.AddressFrontend;
import io.signalbox.agent.model.Backend;
import io.signalbox.agent.model.Cidr;
import io.signalbox.agent.model.Endpoint;
import io.signalbox.agent.model.FrontendProtocol;
import io.signalbox.agent.model.HostPattern;
import io.signalbox.agent.model.L4Route;
import io.signalbox.agent.model.LoadBalancer;
import io.signalbox.agent.model.Route;
import io.signalbox.agent.model.RouteAction;
import io.signalbox.agent.model.RuleRef;
import io.signalbox.agent.model.VirtualHost;
import io.signalbox.agent.model.WeightedBackend;
import io.signalbox.config.v1.Resource;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Turns one resource of the contract into its value in {@code model}, and refuses what could not be served: every
 * reason names the resource and the field.
 */
final class ResourceDecoder {
    private static final String ADDRESS_PREFIX = "address/";
    private static final String HOST_PREFIX = "virtual-host/";
    private static final String BACKEND_PREFIX = "backend/";

    private ResourceDecoder() {}

    static HeldResource.Content decode(Resource resource) throws ContentException {
        String name = resource.getName();
        return switch (resource.getKindCase()) {
            case ADDRESS_FRONTEND -> {
                if (!name.startsWith(ADDRESS_PREFIX)) {
                    throw wrongName(name, ADDRESS_PREFIX + "<cidr>");
                }
                yield new HeldResource.Content.Address(address(name, resource.getAddressFrontend()));
            }
            case VIRTUAL_HOST -> {
                requireName(name, HOST_PREFIX + resource.getVirtualHost().getName());
                yield new HeldResource.Content.Host(virtualHost(name, resource.getVirtualHost()));
            }
            case BACKEND -> {
                requireName(name, BACKEND_PREFIX + resource.getBackend().getName());
                yield new HeldResource.Content.Target(backend(name, resource.getBackend()));
            }
            case SNI_FRONTEND, KIND_NOT_SET ->
                throw ContentException.invalid(
                        "resource '" + name + "': unknown kind (the config service is newer than this agent)");
        };
    }

    private static void requireName(String name, String expected) throws ContentException {
        if (!name.equals(expected)) {
            throw wrongName(name, expected);
        }
    }

    private static ContentException wrongName(String name, String expected) {
        return ContentException.invalid("resource '" + name + "': name (expected: " + expected + ")");
    }

    private static AddressFrontend address(String name, io.signalbox.config.v1.AddressFrontend proto)
            throws ContentException {
        InetAddress address = AddressDecoder.address(name + ": address", proto.getAddress());
        int prefixLength = proto.getPrefixLength();
        int bits = proto.getAddress().size() * Byte.SIZE;
        if (prefixLength < 1 || prefixLength > bits) {
            throw ContentException.invalid(name + ": prefix_length: " + Integer.toUnsignedString(prefixLength)
                    + " (expected: 1 to " + bits + ")");
        }
        if (hasBitsAfter(proto.getAddress(), prefixLength)) {
            throw ContentException.invalid(
                    name + ": address: bits after prefix_length " + prefixLength + " are set (expected: zeros)");
        }
        FrontendProtocol protocol = switch (proto.getProtocol()) {
            case FRONTEND_PROTOCOL_TCP -> FrontendProtocol.TCP;
            case FRONTEND_PROTOCOL_TLS -> FrontendProtocol.TLS;
            case FRONTEND_PROTOCOL_DETECT -> FrontendProtocol.DETECT;
            case FRONTEND_PROTOCOL_UNSPECIFIED, UNRECOGNIZED ->
                throw unknownEnum(name, "protocol", proto.getProtocolValue());
        };
        String virtualHost = proto.getVirtualHost();
        if (!virtualHost.isEmpty() && protocol != FrontendProtocol.DETECT) {
            throw ContentException.invalid(
                    name + ": virtual_host: '" + virtualHost + "' (expected: empty unless the protocol is detected)");
        }
        io.signalbox.config.v1.L4Route route =
                proto.getRoutesCount() == 0 ? io.signalbox.config.v1.L4Route.getDefaultInstance() : proto.getRoutes(0);
        return new AddressFrontend(
                new Cidr(address, prefixLength),
                proto.getService(),
                protocol,
                new L4Route(
                        route.hasRule() ? rule(route.getRule()) : null,
                        weighted(name + ": route", route.getBackendsList())),
                virtualHost.isEmpty() ? null : virtualHost);
    }

    private static boolean hasBitsAfter(ByteString address, int prefixLength) {
        for (int bit = prefixLength; bit < address.size() * Byte.SIZE; bit++) {
            if ((address.byteAt(bit / Byte.SIZE) & (0x80 >> (bit % Byte.SIZE))) != 0) {
                return true;
            }
        }
        return false;
    }

    private static VirtualHost virtualHost(String name, io.signalbox.config.v1.VirtualHost proto)
            throws ContentException {
        List<HostPattern> hosts = new ArrayList<>(proto.getHostsCount());
        for (int i = 0; i < proto.getHostsCount(); i++) {
            io.signalbox.config.v1.HostPattern host = proto.getHosts(i);
            if (host.getPattern().isEmpty()) {
                throw ContentException.invalid(name + ": hosts[" + i + "].pattern: empty (expected: a host)");
            }
            hosts.add(new HostPattern(host.getPattern(), host.getAudience().getNamespace()));
        }
        List<Route> routes = new ArrayList<>(proto.getRoutesCount());
        for (int i = 0; i < proto.getRoutesCount(); i++) {
            routes.add(route(name + ": routes[" + i + "]", proto.getRoutes(i)));
        }
        List<InetAddress> addresses = AddressDecoder.addresses(name + ": addresses", proto.getAddressesList());
        return new VirtualHost(proto.getName(), proto.getService(), hosts, routes, addresses);
    }

    private static Route route(String where, io.signalbox.config.v1.Route proto) throws ContentException {
        RouteAction action = switch (proto.getActionCase()) {
            case FORWARD ->
                new RouteAction.Forward(
                        weighted(where + ".forward", proto.getForward().getBackendsList()));
            case REDIRECT, DIRECT_RESPONSE, ACTION_NOT_SET ->
                throw ContentException.invalid(
                        where + ": unknown action (the config service is newer than this agent)");
        };
        return new Route(proto.hasRule() ? rule(proto.getRule()) : null, action);
    }

    private static RuleRef rule(io.signalbox.config.v1.RuleRef proto) {
        return new RuleRef(proto.getKind(), proto.getNamespace(), proto.getName(), proto.getRoute());
    }

    private static List<WeightedBackend> weighted(String where, List<io.signalbox.config.v1.WeightedBackend> all)
            throws ContentException {
        if (all.isEmpty()) {
            throw ContentException.invalid(where + ".backends: none (expected: at least one)");
        }
        List<WeightedBackend> backends = new ArrayList<>(all.size());
        long sum = 0;
        for (io.signalbox.config.v1.WeightedBackend proto : all) {
            sum += Integer.toUnsignedLong(proto.getWeight());
            if (sum > Integer.MAX_VALUE) {
                throw ContentException.invalid(
                        where + ".backends: weights add up to " + sum + " (expected: at most 2^31 - 1)");
            }
            backends.add(new WeightedBackend(proto.getBackend(), proto.getWeight()));
        }
        if (sum == 0 && all.size() > 1) {
            throw ContentException.invalid(
                    where + ".backends: every weight is 0 (expected: one above 0, or a single backend)");
        }
        return backends;
    }

    private static Backend backend(String name, io.signalbox.config.v1.Backend proto) throws ContentException {
        int port = AddressDecoder.port(name + ": port", proto.getPort());
        LoadBalancer loadBalancer = switch (proto.getLoadBalancer()) {
            case LOAD_BALANCER_LEAST_REQUEST -> LoadBalancer.LEAST_REQUEST;
            case LOAD_BALANCER_ROUND_ROBIN -> LoadBalancer.ROUND_ROBIN;
            case LOAD_BALANCER_RANDOM -> LoadBalancer.RANDOM;
            case LOAD_BALANCER_PASSTHROUGH, LOAD_BALANCER_CONSISTENT_HASH, LOAD_BALANCER_UNSPECIFIED, UNRECOGNIZED ->
                throw unknownEnum(name, "load_balancer", proto.getLoadBalancerValue());
        };
        List<Endpoint> endpoints = new ArrayList<>(proto.getEndpointsCount());
        Set<Endpoint> seen = HashSet.newHashSet(proto.getEndpointsCount());
        for (int i = 0; i < proto.getEndpointsCount(); i++) {
            String where = name + ": endpoints[" + i + "]";
            io.signalbox.config.v1.Endpoint each = proto.getEndpoints(i);
            Endpoint endpoint = new Endpoint(
                    AddressDecoder.address(where + ".address", each.getAddress()),
                    AddressDecoder.port(where + ".port", each.getPort()));
            if (!seen.add(endpoint)) {
                throw ContentException.invalid(where + ": " + endpoint + " (expected: each endpoint once)");
            }
            endpoints.add(endpoint);
        }
        return new Backend(proto.getName(), proto.getHost(), port, loadBalancer, endpoints);
    }

    private static ContentException unknownEnum(String name, String field, int value) {
        return ContentException.invalid(name + ": " + field + ": " + value
                + " (expected: a value that this agent knows; the config service may be newer)");
    }
}
