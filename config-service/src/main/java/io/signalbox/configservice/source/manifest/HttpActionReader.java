package io.signalbox.configservice.source.manifest;

import io.signalbox.configservice.registry.CorsPolicy;
import io.signalbox.configservice.registry.Fault;
import io.signalbox.configservice.registry.HttpRedirect;
import io.signalbox.configservice.registry.HttpRewrite;
import io.signalbox.configservice.registry.Retries;
import io.signalbox.configservice.registry.StringMatch;
import io.signalbox.configservice.registry.VirtualService;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads what an HTTP rule of a VirtualService does. */
final class HttpActionReader {
    private static final Map<String, HttpRedirect.Port> DERIVED_PORTS = Map.of(
            "FROM_PROTOCOL_DEFAULT", new HttpRedirect.Port.ProtocolDefault(),
            "FROM_REQUEST_PORT", new HttpRedirect.Port.OfRequest());
    private static final Map<String, CorsPolicy.UnmatchedPreflights> UNMATCHED_PREFLIGHTS = Map.of(
            "UNSPECIFIED", CorsPolicy.UnmatchedPreflights.UNSPECIFIED,
            "FORWARD", CorsPolicy.UnmatchedPreflights.FORWARD,
            "IGNORE", CorsPolicy.UnmatchedPreflights.IGNORE);

    private HttpActionReader() {}

    static HttpRedirect redirect(Fields redirect) {
        HttpRedirect.Port port = redirect.word("derivePort", DERIVED_PORTS, new HttpRedirect.Port.Unchanged());
        long number = redirect.unsigned("port", 0);
        if (redirect.has("port")) {
            if (redirect.has("derivePort")) {
                redirect.error(redirect.path("port"), "excludes derivePort; keep one of them");
            }
            if (number > 0) {
                port = new HttpRedirect.Port.Fixed((int) Math.min(number, Integer.MAX_VALUE));
            }
        }
        HttpRedirect read = new HttpRedirect(
                redirect.text("uri"),
                redirect.text("prefixRewrite"),
                redirect.text("authority"),
                redirect.text("scheme"),
                port,
                redirect.number("redirectCode", 0));
        redirect.refuseOthers();
        return read;
    }

    static VirtualService.DirectResponse directResponse(Fields response) {
        if (!response.has("status")) {
            response.error(response.path("status"), "is missing (expected: an HTTP status such as 503)");
        }
        VirtualService.DirectResponse read = new VirtualService.DirectResponse(
                response.number("status", 200), response.objectOrNull("body", HttpActionReader::body));
        response.refuseOthers();
        return read;
    }

    private static VirtualService.@Nullable Body body(Fields body) {
        if (body.has("string") && body.has("bytes")) {
            body.error(body.path("bytes"), "excludes string; keep one of them");
        }
        VirtualService.Body read = null;
        if (body.has("string")) {
            read = new VirtualService.Body.Text(body.text("string"));
        } else if (body.has("bytes")) {
            read = new VirtualService.Body.Base64(body.text("bytes"));
        }
        body.refuseOthers();
        return read;
    }

    static HttpRewrite rewrite(Fields rewrite) {
        HttpRewrite read = new HttpRewrite(
                rewrite.text("uri"),
                rewrite.text("authority"),
                rewrite.objectOrNull("uriRegexRewrite", HttpActionReader::regexRewrite));
        rewrite.refuseOthers();
        return read;
    }

    private static HttpRewrite.RegexRewrite regexRewrite(Fields rewrite) {
        HttpRewrite.RegexRewrite read = new HttpRewrite.RegexRewrite(rewrite.text("match"), rewrite.text("rewrite"));
        rewrite.refuseOthers();
        return read;
    }

    static Retries retries(Fields retries) {
        int attempts = retries.number("attempts", 0);
        String retryOn = retries.text("retryOn");
        Retries read = new Retries(
                attempts,
                retries.duration("perTryTimeout"),
                retryOn.isEmpty() ? List.of() : Arrays.asList(retryOn.split(",", -1)),
                retries.duration("backoff"),
                retries.flag("retryRemoteLocalities", false),
                retries.flag("retryIgnorePreviousHosts", true));
        if (attempts == 0 && retries.has("attempts")) {
            for (String field : List.of("perTryTimeout", "retryOn", "retryRemoteLocalities")) {
                if (retries.has(field)) {
                    retries.error(
                            retries.path(field), "makes no sense with attempts: 0 (expected: attempts of 1 or more)");
                }
            }
        }
        retries.refuseOthers();
        return read;
    }

    static Fault fault(Fields fault) {
        Fault read = new Fault(
                fault.objectOrNull("delay", HttpActionReader::delay),
                fault.objectOrNull("abort", HttpActionReader::abort));
        if (!fault.has("delay") && !fault.has("abort")) {
            fault.error(fault.path(), "is empty (expected: delay, abort or both)");
        }
        fault.refuseOthers();
        return read;
    }

    private static Fault.@Nullable Delay delay(Fields delay) {
        Duration fixed = delay.duration("fixedDelay");
        Double percentage = IstioTypes.percent(delay, "percentage");
        int percent = delay.number("percent", 0);
        if (delay.has("percent")) {
            delay.warning(delay.path("percent"), "is deprecated; use percentage: {value: " + percent + "}");
        }
        if (delay.has("exponentialDelay")) {
            delay.error(delay.path("exponentialDelay"), "is not supported (expected: fixedDelay)");
        } else if (!delay.has("fixedDelay")) {
            delay.warning(delay.path("fixedDelay"), "is missing; nothing is delayed");
        }
        delay.refuseOthers();
        return fixed == null ? null : new Fault.Delay(fixed, percentage == null ? percent : percentage);
    }

    private static Fault.@Nullable Abort abort(Fields abort) {
        Double percentage = IstioTypes.percent(abort, "percentage");
        List<Fault.Status> statuses = new ArrayList<>();
        if (abort.has("httpStatus")) {
            statuses.add(new Fault.Status.Http(abort.number("httpStatus", 0)));
        }
        if (abort.has("grpcStatus")) {
            statuses.add(new Fault.Status.Grpc(abort.text("grpcStatus")));
        }
        if (abort.has("http2Error")) {
            abort.error(abort.path("http2Error"), "is not supported (expected: httpStatus or grpcStatus)");
        } else if (statuses.size() > 1) {
            abort.error(abort.path("grpcStatus"), "excludes httpStatus; keep one of them");
        } else if (statuses.isEmpty()) {
            abort.warning(abort.path("httpStatus"), "is missing; nothing is aborted");
        }
        abort.refuseOthers();
        return statuses.isEmpty() ? null : new Fault.Abort(statuses.getFirst(), percentage == null ? 0 : percentage);
    }

    /** Copies, declared as one or as a list. */
    static List<VirtualService.Mirror> mirrors(Fields rule) {
        List<VirtualService.Mirror> mirrors = new ArrayList<>();
        Double percentage = IstioTypes.percent(rule, "mirrorPercentage");
        for (String old : List.of("mirrorPercent", "mirror_percent")) {
            if (rule.has(old)) {
                long percent = rule.unsigned(old, 100);
                rule.warning(rule.path(old), "is deprecated; use mirrorPercentage: {value: " + percent + "}");
                if (percent > 100) {
                    rule.error(rule.path(old), percent + " (expected: 0 to 100)");
                }
                percentage = percentage == null ? Double.valueOf((double) percent) : percentage;
            }
        }
        if (rule.has("mirror")) {
            mirrors.add(new VirtualService.Mirror(
                    IstioTypes.destination(rule.object("mirror")), percentage == null ? 100 : percentage));
            if (!rule.values("mirrors").isEmpty()) {
                rule.error(rule.path("mirrors"), "excludes mirror; keep one of them");
            }
        } else if (percentage != null) {
            rule.warning(rule.path("mirrorPercentage"), "has no effect without mirror");
            if (percentage < 0 || percentage > 100) {
                rule.error(rule.path("mirrorPercentage"), percentage + " (expected: 0 to 100)");
            }
        }
        for (Fields mirror : rule.objects("mirrors")) {
            if (!mirror.has("destination")) {
                mirror.error(mirror.path("destination"), "is missing (expected: an object with a host)");
            }
            Double share = IstioTypes.percent(mirror, "percentage");
            mirrors.add(new VirtualService.Mirror(
                    IstioTypes.destination(mirror.object("destination")), share == null ? 100 : share));
            mirror.refuseOthers();
        }
        return mirrors;
    }

    static CorsPolicy corsPolicy(Fields cors) {
        List<StringMatch> origins = new ArrayList<>();
        for (Fields origin : cors.objects("allowOrigins")) {
            origins.add(IstioTypes.stringMatch(origin));
        }
        for (String origin : cors.texts("allowOrigin")) {
            origins.add(origin.equals("*") ? new StringMatch.Regex(".*") : new StringMatch.Exact(origin));
        }
        if (cors.has("allowOrigin")) {
            cors.warning(cors.path("allowOrigin"), "is deprecated; use allowOrigins with exact: instead");
        }
        CorsPolicy read = new CorsPolicy(
                origins,
                cors.texts("allowMethods"),
                cors.texts("allowHeaders"),
                cors.texts("exposeHeaders"),
                cors.duration("maxAge"),
                cors.flagOrNull("allowCredentials"),
                cors.word("unmatchedPreflights", UNMATCHED_PREFLIGHTS, CorsPolicy.UnmatchedPreflights.UNSPECIFIED));
        cors.refuseOthers();
        return read;
    }
}
