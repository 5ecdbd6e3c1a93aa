package io.signalbox.configservice.source.manifest;

import io.signalbox.configservice.registry.CallerMatch;
import io.signalbox.configservice.registry.Destination;
import io.signalbox.configservice.registry.Headers;
import io.signalbox.configservice.registry.HttpMatch;
import io.signalbox.configservice.registry.ObjectMeta;
import io.signalbox.configservice.registry.RouteDestination;
import io.signalbox.configservice.registry.VirtualService;
import java.util.List;

/** Reads VirtualServices; what an HTTP rule does stands in {@link HttpActionReader}. */
final class VirtualServiceReader {
    private VirtualServiceReader() {}

    static VirtualService read(ObjectMeta metadata, Fields spec) {
        VirtualService read = new VirtualService(
                metadata,
                spec.lowerCaseTexts("hosts"),
                spec.texts("gateways"),
                spec.texts("exportTo"),
                spec.objects("http").stream()
                        .map(VirtualServiceReader::httpRule)
                        .toList(),
                spec.objects("tls").stream().map(VirtualServiceReader::tlsRule).toList(),
                spec.objects("tcp").stream().map(VirtualServiceReader::tcpRule).toList());
        spec.refuseOthers();
        return read;
    }

    private static VirtualService.HttpRule httpRule(Fields rule) {
        VirtualService.HttpRule read = new VirtualService.HttpRule(
                rule.text("name"),
                rule.objects("match").stream()
                        .map(VirtualServiceReader::httpMatch)
                        .toList(),
                rule.objects("route").stream()
                        .map(VirtualServiceReader::httpDestination)
                        .toList(),
                rule.objectOrNull("redirect", HttpActionReader::redirect),
                rule.objectOrNull("directResponse", HttpActionReader::directResponse),
                rule.objectOrNull("delegate", VirtualServiceReader::delegate),
                rule.objectOrNull("rewrite", HttpActionReader::rewrite),
                rule.duration("timeout"),
                rule.objectOrNull("retries", HttpActionReader::retries),
                rule.objectOrNull("fault", HttpActionReader::fault),
                HttpActionReader.mirrors(rule),
                rule.objectOrNull("corsPolicy", HttpActionReader::corsPolicy),
                IstioTypes.headers(rule));
        rule.refuseOthers("sessionPersistence");
        return read;
    }

    private static HttpMatch httpMatch(Fields match) {
        HttpMatch read = new HttpMatch(
                match.text("name"),
                IstioTypes.stringMatch(match, "uri"),
                match.flag("ignoreUriCase", false),
                IstioTypes.stringMatch(match, "scheme"),
                IstioTypes.stringMatch(match, "method"),
                IstioTypes.stringMatch(match, "authority"),
                IstioTypes.headerMatches(match, "headers", false),
                IstioTypes.headerMatches(match, "withoutHeaders", true),
                IstioTypes.queryMatches(match, "queryParams"),
                IstioTypes.callerMatch(match),
                match.text("statPrefix"));
        match.refuseOthers();
        return read;
    }

    private static VirtualService.Delegate delegate(Fields delegate) {
        VirtualService.Delegate read = new VirtualService.Delegate(delegate.text("name"), delegate.text("namespace"));
        delegate.refuseOthers();
        return read;
    }

    private static RouteDestination httpDestination(Fields route) {
        RouteDestination read =
                new RouteDestination(routeDestination(route), route.number("weight", 0), IstioTypes.headers(route));
        route.refuseOthers();
        return read;
    }

    private static RouteDestination l4Destination(Fields route) {
        RouteDestination read =
                new RouteDestination(routeDestination(route), route.number("weight", 0), Headers.UNCHANGED);
        route.refuseOthers();
        return read;
    }

    private static Destination routeDestination(Fields route) {
        if (!route.has("destination")) {
            route.error(route.path("destination"), "is missing (expected: an object with a host)");
        }
        return IstioTypes.destination(route.object("destination"));
    }

    private static VirtualService.TlsRule tlsRule(Fields rule) {
        VirtualService.TlsRule read = new VirtualService.TlsRule(
                rule.objects("match").stream()
                        .map(VirtualServiceReader::tlsMatch)
                        .toList(),
                rule.objects("route").stream()
                        .map(VirtualServiceReader::l4Destination)
                        .toList());
        rule.refuseOthers();
        return read;
    }

    private static VirtualService.TcpRule tcpRule(Fields rule) {
        VirtualService.TcpRule read = new VirtualService.TcpRule(
                rule.objects("match").stream()
                        .map(VirtualServiceReader::tcpMatch)
                        .toList(),
                rule.objects("route").stream()
                        .map(VirtualServiceReader::l4Destination)
                        .toList());
        rule.refuseOthers();
        return read;
    }

    private static VirtualService.L4Match tlsMatch(Fields match) {
        CallerMatch caller = IstioTypes.callerMatch(match);
        VirtualService.L4Match read =
                new VirtualService.L4Match(match.lowerCaseTexts("sniHosts"), match.cidrs("destinationSubnets"), caller);
        match.refuseOthers();
        return read;
    }

    private static VirtualService.L4Match tcpMatch(Fields match) {
        CallerMatch caller = IstioTypes.callerMatch(match);
        VirtualService.L4Match read = new VirtualService.L4Match(List.of(), match.cidrs("destinationSubnets"), caller);
        match.refuseOthers("sourceSubnet");
        return read;
    }
}
