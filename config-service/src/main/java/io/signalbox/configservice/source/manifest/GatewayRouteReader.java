package io.signalbox.configservice.source.manifest;

import io.signalbox.configservice.registry.GrpcRoute;
import io.signalbox.configservice.registry.HttpRoute;
import io.signalbox.configservice.registry.ObjectMeta;
import io.signalbox.configservice.registry.ReferenceGrant;
import io.signalbox.configservice.registry.TcpRoute;
import io.signalbox.configservice.registry.TlsRoute;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Reads the routes of the Gateway API, and ReferenceGrants. */
final class GatewayRouteReader {
    private static final Map<String, HttpRoute.PathMatch.Type> PATH_TYPES = Map.of(
            "Exact", HttpRoute.PathMatch.Type.EXACT,
            "PathPrefix", HttpRoute.PathMatch.Type.PATH_PREFIX,
            "RegularExpression", HttpRoute.PathMatch.Type.REGULAR_EXPRESSION);
    private static final Map<String, Boolean> METHOD_TYPES = Map.of("Exact", false, "RegularExpression", true);

    private GatewayRouteReader() {}

    static HttpRoute httpRoute(ObjectMeta metadata, Fields spec) {
        HttpRoute read = new HttpRoute(
                metadata,
                GatewayTypes.parentRefs(spec),
                spec.lowerCaseTexts("hostnames"),
                spec.objects("rules").stream().map(GatewayRouteReader::httpRule).toList());
        spec.refuseOthers();
        return read;
    }

    private static HttpRoute.Rule httpRule(Fields rule) {
        Fields timeouts = rule.object("timeouts");
        HttpRoute.Rule read = new HttpRoute.Rule(
                rule.text("name"),
                rule.objects("matches").stream()
                        .map(GatewayRouteReader::httpMatch)
                        .toList(),
                RouteFilterReader.filters(rule),
                rule.objects("backendRefs").stream()
                        .map(GatewayTypes::filteredBackend)
                        .toList(),
                new HttpRoute.Timeouts(
                        timeouts.gatewayApiDuration("request"), timeouts.gatewayApiDuration("backendRequest")),
                rule.objectOrNull("retry", GatewayRouteReader::retry));
        timeouts.refuseOthers();
        rule.refuseOthers("sessionPersistence");
        return read;
    }

    private static HttpRoute.Match httpMatch(Fields match) {
        Fields path = match.object("path");
        HttpRoute.Match read = new HttpRoute.Match(
                new HttpRoute.PathMatch(
                        path.word("type", PATH_TYPES, HttpRoute.PathMatch.Type.PATH_PREFIX),
                        path.has("value") ? path.text("value") : "/"),
                match.objects("headers").stream().map(GatewayTypes::namedMatch).toList(),
                match.objects("queryParams").stream()
                        .map(GatewayTypes::namedMatch)
                        .toList(),
                match.text("method"));
        path.refuseOthers();
        match.refuseOthers();
        return read;
    }

    private static HttpRoute.Retry retry(Fields retry) {
        List<Integer> codes = new ArrayList<>();
        for (Value code : retry.values("codes")) {
            Long number = code.whole(0, Integer.MAX_VALUE);
            if (number != null) {
                codes.add(number.intValue());
            }
        }
        HttpRoute.Retry read =
                new HttpRoute.Retry(codes, retry.unsignedOrNull("attempts"), retry.gatewayApiDuration("backoff"));
        retry.refuseOthers();
        return read;
    }

    static GrpcRoute grpcRoute(ObjectMeta metadata, Fields spec) {
        GrpcRoute read = new GrpcRoute(
                metadata,
                GatewayTypes.parentRefs(spec),
                spec.lowerCaseTexts("hostnames"),
                spec.objects("rules").stream().map(GatewayRouteReader::grpcRule).toList());
        spec.refuseOthers();
        return read;
    }

    private static GrpcRoute.Rule grpcRule(Fields rule) {
        GrpcRoute.Rule read = new GrpcRoute.Rule(
                rule.text("name"),
                rule.objects("matches").stream()
                        .map(GatewayRouteReader::grpcMatch)
                        .toList(),
                RouteFilterReader.filters(rule),
                rule.objects("backendRefs").stream()
                        .map(GatewayTypes::filteredBackend)
                        .toList());
        rule.refuseOthers("sessionPersistence");
        return read;
    }

    private static GrpcRoute.Match grpcMatch(Fields match) {
        Fields method = match.object("method");
        GrpcRoute.Match read = new GrpcRoute.Match(
                method.text("service"),
                method.text("method"),
                method.word("type", METHOD_TYPES, false),
                match.objects("headers").stream().map(GatewayTypes::namedMatch).toList());
        if (method.isPresent() && read.service().isEmpty() && read.method().isEmpty()) {
            method.error(method.path(), "is empty (expected: service, method or both)");
        }
        method.refuseOthers();
        match.refuseOthers();
        return read;
    }

    static TcpRoute tcpRoute(ObjectMeta metadata, Fields spec) {
        TcpRoute read = new TcpRoute(metadata, GatewayTypes.parentRefs(spec), l4Rules(spec));
        spec.refuseOthers();
        return read;
    }

    static TlsRoute tlsRoute(ObjectMeta metadata, Fields spec) {
        TlsRoute read =
                new TlsRoute(metadata, GatewayTypes.parentRefs(spec), spec.lowerCaseTexts("hostnames"), l4Rules(spec));
        spec.refuseOthers();
        return read;
    }

    private static List<TcpRoute.Rule> l4Rules(Fields spec) {
        List<TcpRoute.Rule> rules = new ArrayList<>();
        for (Fields rule : spec.objects("rules")) {
            rules.add(new TcpRoute.Rule(
                    rule.text("name"),
                    rule.objects("backendRefs").stream()
                            .map(GatewayTypes::plainBackendRef)
                            .toList()));
            rule.refuseOthers();
        }
        return rules;
    }

    static ReferenceGrant referenceGrant(ObjectMeta metadata, Fields spec) {
        List<ReferenceGrant.From> from = new ArrayList<>();
        for (Fields item : spec.objects("from")) {
            from.add(new ReferenceGrant.From(item.text("group"), item.text("kind"), item.text("namespace")));
            item.refuseOthers();
        }
        List<ReferenceGrant.To> to = new ArrayList<>();
        for (Fields item : spec.objects("to")) {
            to.add(new ReferenceGrant.To(item.text("group"), item.text("kind"), item.text("name")));
            item.refuseOthers();
        }
        spec.refuseOthers();
        return new ReferenceGrant(metadata, from, to);
    }
}
