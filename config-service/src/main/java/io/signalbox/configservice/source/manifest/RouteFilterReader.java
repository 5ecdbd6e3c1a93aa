package io.signalbox.configservice.source.manifest;

import io.signalbox.configservice.registry.BackendRef;
import io.signalbox.configservice.registry.Headers;
import io.signalbox.configservice.registry.RouteFilter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads filters of HTTPRoutes and GRPCRoutes. */
final class RouteFilterReader {
    private static final int DEFAULT_REDIRECT = 302;
    private static final int DEFAULT_MAX_AGE = 5;

    /** The field of each filter type; a filter has the one of its type and no other. */
    private static final Map<String, String> FIELD_BY_TYPE = Map.of(
            "RequestHeaderModifier", "requestHeaderModifier",
            "ResponseHeaderModifier", "responseHeaderModifier",
            "RequestMirror", "requestMirror",
            "RequestRedirect", "requestRedirect",
            "URLRewrite", "urlRewrite",
            "CORS", "cors",
            "ExternalAuth", "externalAuth",
            "ExtensionRef", "extensionRef");

    private RouteFilterReader() {}

    static List<RouteFilter> filters(Fields parent) {
        List<RouteFilter> filters = new ArrayList<>();
        for (Fields filter : parent.objects("filters")) {
            RouteFilter read = filter(filter);
            if (read != null) {
                filters.add(read);
            }
        }
        return filters;
    }

    private static @Nullable RouteFilter filter(Fields filter) {
        if (!filter.has("type")) {
            filter.error(filter.path("type"), "is missing (expected: such as RequestHeaderModifier)");
        }
        String field = filter.word("type", FIELD_BY_TYPE, "");
        for (String other : FIELD_BY_TYPE.values()) {
            if (filter.has(other) != other.equals(field) && !field.isEmpty()) {
                filter.error(
                        filter.path(other),
                        other.equals(field)
                                ? "is missing (expected: an object, as type says)"
                                : "does not fit type (expected: " + field + " alone)");
            }
        }
        Fields content = field.isEmpty() ? filter : filter.object(field);
        RouteFilter read = switch (field) {
            case "requestHeaderModifier" -> new RouteFilter.RequestHeaders(operations(content));
            case "responseHeaderModifier" -> new RouteFilter.ResponseHeaders(operations(content));
            case "requestMirror" -> mirror(content);
            case "requestRedirect" -> redirect(content);
            case "urlRewrite" -> rewrite(content);
            case "cors" -> cors(content);
            case "externalAuth", "extensionRef" -> new RouteFilter.Unsupported(filter.text("type"));
            default -> null;
        };
        filter.refuseOthers();
        return read;
    }

    private static Headers.Operations operations(Fields modifier) {
        Headers.Operations read =
                new Headers.Operations(values(modifier, "set"), values(modifier, "add"), modifier.texts("remove"));
        modifier.refuseOthers();
        return read;
    }

    private static Map<String, String> values(Fields modifier, String field) {
        Map<String, String> values = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (Fields header : modifier.objects(field)) {
            String name = header.text("name");
            if (values.putIfAbsent(name, header.text("value")) != null) {
                header.error(header.path("name"), Value.quoted(name) + " stands twice");
            }
            header.refuseOthers();
        }
        return values;
    }

    private static RouteFilter mirror(Fields mirror) {
        if (!mirror.has("backendRef")) {
            mirror.error(mirror.path("backendRef"), "is missing (expected: an object with a name)");
        }
        BackendRef backend = GatewayTypes.plainBackendRef(mirror.object("backendRef"));
        double percentage = 100;
        if (mirror.has("percent") && mirror.has("fraction")) {
            mirror.error(mirror.path("fraction"), "excludes percent; keep one of them");
        }
        if (mirror.has("percent")) {
            percentage = mirror.number("percent", 100);
        }
        Fields fraction = mirror.object("fraction");
        if (fraction.isPresent()) {
            int numerator = fraction.number("numerator", 0);
            int denominator = fraction.number("denominator", 100);
            if (denominator < 1 || numerator < 0 || numerator > denominator) {
                fraction.error(fraction.path(), numerator + "/" + denominator + " (expected: a fraction of 0 to 1)");
            } else {
                percentage = 100.0 * numerator / denominator;
            }
            fraction.refuseOthers();
        }
        mirror.refuseOthers();
        return new RouteFilter.RequestMirror(backend, percentage);
    }

    private static RouteFilter redirect(Fields redirect) {
        RouteFilter read = new RouteFilter.RequestRedirect(
                redirect.text("scheme"),
                redirect.lowerCase("hostname"),
                redirect.objectOrNull("path", RouteFilterReader::pathModifier),
                redirect.port("port"),
                redirect.number("statusCode", DEFAULT_REDIRECT));
        redirect.refuseOthers();
        return read;
    }

    private static RouteFilter rewrite(Fields rewrite) {
        RouteFilter read = new RouteFilter.UrlRewrite(
                rewrite.lowerCase("hostname"), rewrite.objectOrNull("path", RouteFilterReader::pathModifier));
        rewrite.refuseOthers();
        return read;
    }

    private static RouteFilter.@Nullable PathModifier pathModifier(Fields path) {
        String type = path.text("type");
        boolean full = path.has("replaceFullPath");
        boolean prefix = path.has("replacePrefixMatch");
        String fullPath = path.text("replaceFullPath");
        String prefixMatch = path.text("replacePrefixMatch");
        path.refuseOthers();
        if (type.equals("ReplaceFullPath") && full && !prefix) {
            return new RouteFilter.PathModifier.ReplaceFullPath(fullPath);
        }
        if (type.equals("ReplacePrefixMatch") && prefix && !full) {
            return new RouteFilter.PathModifier.ReplacePrefixMatch(prefixMatch);
        }
        path.error(
                path.path("type"),
                Value.quoted(type) + " (expected: ReplaceFullPath with replaceFullPath, or ReplacePrefixMatch with"
                        + " replacePrefixMatch)");
        return null;
    }

    private static RouteFilter cors(Fields cors) {
        RouteFilter read = new RouteFilter.Cors(
                cors.texts("allowOrigins"),
                cors.flag("allowCredentials", false),
                cors.texts("allowMethods"),
                cors.texts("allowHeaders"),
                cors.texts("exposeHeaders"),
                Duration.ofSeconds(cors.number("maxAge", DEFAULT_MAX_AGE)));
        cors.refuseOthers();
        return read;
    }
}
