package io.signalbox.agent.config;

import io.signalbox.agent.model.BackendForCaller;
import io.signalbox.agent.model.Destination;
import io.signalbox.agent.model.Mirror;
import io.signalbox.agent.model.RequestMatch;
import io.signalbox.agent.model.Route;
import io.signalbox.agent.model.RouteAction;
import io.signalbox.agent.model.RouteAction.RedirectPath;
import io.signalbox.agent.model.RuleRef;
import io.signalbox.agent.model.VirtualHost;
import io.signalbox.agent.model.WeightedBackend;
import io.signalbox.config.v1.DirectResponseAction;
import io.signalbox.config.v1.ForwardAction;
import io.signalbox.config.v1.RedirectAction;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Virtual hosts, their routes and where these lead. */
final class RouteDecoder {
    private static final int MAX_PORT = 65_535;
    private static final int MAX_BODY_BYTES = 1024 * 1024;

    private RouteDecoder() {}

    static VirtualHost virtualHost(String name, io.signalbox.config.v1.VirtualHost proto) throws ContentException {
        List<Route> routes = new ArrayList<>(proto.getRoutesCount());
        for (int i = 0; i < proto.getRoutesCount(); i++) {
            routes.add(route(name + ": routes[" + i + "]", proto.getRoutes(i)));
        }
        return new VirtualHost(
                proto.getName(),
                proto.getService(),
                FrontendDecoder.hostPatterns(name + ": hosts", proto.getHostsList(), true),
                routes,
                AddressDecoder.addresses(name + ": addresses", proto.getAddressesList()),
                proto.getOtherwise().isEmpty() ? null : proto.getOtherwise());
    }

    private static Route route(String where, io.signalbox.config.v1.Route proto) throws ContentException {
        RouteAction action = switch (proto.getActionCase()) {
            case FORWARD -> forward(where + ".forward", proto.getForward());
            case REDIRECT -> redirect(where + ".redirect", proto.getRedirect());
            case DIRECT_RESPONSE -> directResponse(where + ".direct_response", proto.getDirectResponse());
            case ACTION_NOT_SET ->
                throw ContentException.invalid(
                        where + ": unknown action (the config service is newer than this agent)");
        };
        List<RequestMatch> matches = new ArrayList<>(proto.getMatchesCount());
        for (int i = 0; i < proto.getMatchesCount(); i++) {
            matches.add(MatchDecoder.match(where + ".matches[" + i + "]", proto.getMatches(i)));
        }
        return new Route(
                proto.hasRule() ? rule(proto.getRule()) : null,
                matches,
                action,
                PolicyDecoder.headers(where + ".request_headers", proto.getRequestHeaders()),
                PolicyDecoder.headers(where + ".response_headers", proto.getResponseHeaders()),
                proto.hasFault() ? PolicyDecoder.fault(where + ".fault", proto.getFault()) : null,
                proto.hasCors() ? PolicyDecoder.cors(where + ".cors", proto.getCors()) : null);
    }

    private static RouteAction forward(String where, ForwardAction proto) throws ContentException {
        List<Mirror> mirrors = new ArrayList<>(proto.getMirrorsCount());
        for (int i = 0; i < proto.getMirrorsCount(); i++) {
            String at = where + ".mirrors[" + i + "]";
            mirrors.add(new Mirror(
                    weighted(at + ".destination", proto.getMirrors(i).getDestination()),
                    Fields.perMillion(at + ".per_million", proto.getMirrors(i).getPerMillion())));
        }
        return new RouteAction.Forward(
                weighted(where, proto.getBackendsList()),
                proto.hasRewrite() ? PolicyDecoder.rewrite(where + ".rewrite", proto.getRewrite()) : null,
                Fields.number(where + ".timeout_millis", proto.getTimeoutMillis()),
                proto.hasRetry() ? PolicyDecoder.retry(where + ".retry", proto.getRetry()) : null,
                mirrors);
    }

    private static RouteAction redirect(String where, RedirectAction proto) throws ContentException {
        int status = proto.getStatus();
        switch (status) {
            case 301, 302, 303, 307, 308 -> {}
            default -> throw Fields.bad(where + ".status", status, "301, 302, 303, 307 or 308");
        }
        RedirectPath path = switch (proto.getPathChangeCase()) {
            case PATH -> new RedirectPath.Full(Fields.targetText(where + ".path", proto.getPath()));
            case PREFIX -> new RedirectPath.Prefix(Fields.targetText(where + ".prefix", proto.getPrefix()));
            case PATHCHANGE_NOT_SET -> null;
        };
        return new RouteAction.Redirect(
                status,
                path,
                emptyToNull(Fields.targetText(where + ".authority", proto.getAuthority())),
                emptyToNull(Fields.targetText(where + ".scheme", proto.getScheme())),
                Fields.range(where + ".port", proto.getPort(), 0, MAX_PORT),
                proto.getDerivePort());
    }

    private static RouteAction directResponse(String where, DirectResponseAction proto) throws ContentException {
        if (proto.getBody().size() > MAX_BODY_BYTES) {
            throw Fields.bad(where + ".body", proto.getBody().size() + " bytes", "at most " + MAX_BODY_BYTES);
        }
        return new RouteAction.DirectResponse(
                Fields.range(where + ".status", proto.getStatus(), 200, 599),
                proto.getBody().toByteArray());
    }

    static @Nullable String emptyToNull(String text) {
        return text.isEmpty() ? null : text;
    }

    static RuleRef rule(io.signalbox.config.v1.RuleRef proto) {
        return new RuleRef(proto.getKind(), proto.getNamespace(), proto.getName(), proto.getRoute(), proto.getIndex());
    }

    static List<WeightedBackend> weighted(String where, List<io.signalbox.config.v1.WeightedBackend> all)
            throws ContentException {
        if (all.isEmpty()) {
            throw ContentException.invalid(where + ".backends: none (expected: at least one)");
        }
        List<WeightedBackend> backends = new ArrayList<>(all.size());
        long sum = 0;
        for (int i = 0; i < all.size(); i++) {
            io.signalbox.config.v1.WeightedBackend proto = all.get(i);
            sum += Integer.toUnsignedLong(proto.getWeight());
            if (sum > Integer.MAX_VALUE) {
                throw ContentException.invalid(
                        where + ".backends: weights add up to " + sum + " (expected: at most 2^31 - 1)");
            }
            backends.add(weighted(where + ".backends[" + i + "]", proto));
        }
        if (sum == 0 && all.size() > 1) {
            throw ContentException.invalid(
                    where + ".backends: every weight is 0 (expected: one above 0, or a single backend)");
        }
        return backends;
    }

    private static WeightedBackend weighted(String where, io.signalbox.config.v1.WeightedBackend proto)
            throws ContentException {
        List<BackendForCaller> forCallers = new ArrayList<>(proto.getForCallersCount());
        for (int i = 0; i < proto.getForCallersCount(); i++) {
            io.signalbox.config.v1.BackendForCaller each = proto.getForCallers(i);
            forCallers.add(new BackendForCaller(
                    each.getNamespace(),
                    Fields.labels(where + ".for_callers[" + i + "].labels", each.getLabelsList()),
                    emptyToNull(each.getBackend()),
                    each.getUnknownReason()));
        }
        io.signalbox.config.v1.Destination destination = proto.getDestination();
        return new WeightedBackend(
                emptyToNull(proto.getBackend()),
                Fields.number(where + ".weight", proto.getWeight()),
                forCallers,
                proto.getUnknownReason(),
                proto.hasDestination()
                        ? new Destination(
                                destination.getHost(),
                                Fields.range(where + ".destination.port", destination.getPort(), 0, MAX_PORT),
                                destination.getSubset())
                        : null,
                PolicyDecoder.headers(where + ".request_headers", proto.getRequestHeaders()),
                PolicyDecoder.headers(where + ".response_headers", proto.getResponseHeaders()));
    }
}
