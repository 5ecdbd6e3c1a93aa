package io.signalbox.configservice.source.manifest;

import io.signalbox.configservice.registry.BackendRef;
import io.signalbox.configservice.registry.HttpRoute;
import io.signalbox.configservice.registry.ParentRef;
import io.signalbox.configservice.registry.StringMatch;
import java.util.List;
import java.util.Map;

/** Types that several kinds of the Gateway API share. */
final class GatewayTypes {
    static final String GROUP = "gateway.networking.k8s.io";

    private static final Map<String, Boolean> MATCH_TYPES = Map.of("Exact", false, "RegularExpression", true);

    private GatewayTypes() {}

    static List<ParentRef> parentRefs(Fields spec) {
        if (spec.has("useDefaultGateways")) {
            spec.warning(spec.path("useDefaultGateways"), "is not supported and has no effect");
        }
        return spec.objects("parentRefs").stream().map(GatewayTypes::parentRef).toList();
    }

    private static ParentRef parentRef(Fields ref) {
        ParentRef read = new ParentRef(
                ref.has("group") ? ref.text("group") : GROUP,
                ref.has("kind") ? ref.text("kind") : "Gateway",
                ref.text("namespace"),
                ref.text("name"),
                ref.text("sectionName"),
                ref.port("port"));
        ref.refuseOthers();
        return read;
    }

    /** A reference beside which other fields stand: the rest is not refused. */
    static BackendRef backendRef(Fields ref) {
        return new BackendRef(
                ref.text("group"),
                ref.has("kind") ? ref.text("kind") : "Service",
                ref.text("namespace"),
                ref.text("name"),
                ref.port("port"),
                ref.number("weight", 1));
    }

    /** A backend of a rule that has no filters. */
    static BackendRef plainBackendRef(Fields ref) {
        BackendRef read = backendRef(ref);
        ref.refuseOthers();
        return read;
    }

    static HttpRoute.Backend filteredBackend(Fields ref) {
        HttpRoute.Backend read = new HttpRoute.Backend(backendRef(ref), RouteFilterReader.filters(ref));
        ref.refuseOthers();
        return read;
    }

    static HttpRoute.NamedMatch namedMatch(Fields match) {
        String value = match.text("value");
        HttpRoute.NamedMatch read = new HttpRoute.NamedMatch(
                match.text("name"),
                match.word("type", MATCH_TYPES, false) ? new StringMatch.Regex(value) : new StringMatch.Exact(value));
        match.refuseOthers();
        return read;
    }
}
