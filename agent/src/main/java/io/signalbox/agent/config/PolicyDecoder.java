package io.signalbox.agent.config;

import com.google.re2j.Pattern;
import io.signalbox.agent.model.CorsPolicy;
import io.signalbox.agent.model.Fault;
import io.signalbox.agent.model.HeaderOperations;
import io.signalbox.agent.model.RetryCondition;
import io.signalbox.agent.model.RetryPolicy;
import io.signalbox.agent.model.Rewrite;
import io.signalbox.agent.model.Rewrite.PathRewrite;
import io.signalbox.agent.model.StringMatch;
import io.signalbox.config.v1.Header;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What routes do with requests and responses besides choosing where they go. */
final class PolicyDecoder {
    /** The pseudo-header that header operations may change: the same as Host. */
    private static final String AUTHORITY = ":authority";

    private static final int MAX_GRPC_STATUS = 16;
    private static final int DEFAULT_BACKOFF_BASE_MILLIS = 25;

    private PolicyDecoder() {}

    static HeaderOperations headers(String where, io.signalbox.config.v1.HeaderOperations proto)
            throws ContentException {
        if (proto.getSetCount() == 0 && proto.getAddCount() == 0 && proto.getRemoveCount() == 0) {
            return HeaderOperations.NONE;
        }
        for (int i = 0; i < proto.getRemoveCount(); i++) {
            Fields.headerName(where + ".remove[" + i + "]", proto.getRemove(i));
        }
        return new HeaderOperations(
                headers(where + ".set", proto.getSetList()),
                headers(where + ".add", proto.getAddList()),
                proto.getRemoveList());
    }

    private static List<HeaderOperations.Header> headers(String where, List<Header> all) throws ContentException {
        List<HeaderOperations.Header> headers = new ArrayList<>(all.size());
        for (int i = 0; i < all.size(); i++) {
            String at = where + "[" + i + "]";
            String name = all.get(i).getName();
            headers.add(new HeaderOperations.Header(
                    name.equals(AUTHORITY) ? name : Fields.headerName(at + ".name", name),
                    Fields.headerValue(at + ".value", all.get(i).getValue())));
        }
        return headers;
    }

    static Rewrite rewrite(String where, io.signalbox.config.v1.Rewrite proto) throws ContentException {
        PathRewrite path = switch (proto.getPathChangeCase()) {
            case PREFIX -> new PathRewrite.Prefix(Fields.targetText(where + ".prefix", proto.getPrefix()));
            case FULL_PATH -> new PathRewrite.Full(Fields.targetText(where + ".full_path", proto.getFullPath()));
            case REGEX -> regexRewrite(where + ".regex", proto.getRegex());
            case PATHCHANGE_NOT_SET -> null;
        };
        return new Rewrite(
                path, RouteDecoder.emptyToNull(Fields.targetText(where + ".authority", proto.getAuthority())));
    }

    private static PathRewrite regexRewrite(String where, io.signalbox.config.v1.RegexRewrite proto)
            throws ContentException {
        Pattern pattern = Fields.regex(where + ".pattern", proto.getPattern());
        String substitution = Fields.targetText(where + ".substitution", proto.getSubstitution());
        int at = substitution.indexOf('\\');
        while (at >= 0) {
            char next = at + 1 < substitution.length() ? substitution.charAt(at + 1) : ' ';
            if (next != '\\' && (next < '0' || next > '9' || next - '0' > pattern.groupCount())) {
                throw Fields.bad(
                        where + ".substitution",
                        "'" + substitution + "'",
                        "a backslash only before another, or before a group from 0 to " + pattern.groupCount());
            }
            at = substitution.indexOf('\\', at + 2);
        }
        return new PathRewrite.Regex(pattern, substitution);
    }

    static RetryPolicy retry(String where, io.signalbox.config.v1.RetryPolicy proto) throws ContentException {
        Set<RetryCondition> conditions = EnumSet.noneOf(RetryCondition.class);
        for (int i = 0; i < proto.getConditionsCount(); i++) {
            conditions.add(
                    condition(where + ".conditions[" + i + "]", proto.getConditions(i), proto.getConditionsValue(i)));
        }
        Set<Integer> statusCodes = new HashSet<>();
        for (int i = 0; i < proto.getStatusCodesCount(); i++) {
            statusCodes.add(Fields.range(where + ".status_codes[" + i + "]", proto.getStatusCodes(i), 100, 599));
        }
        int base = Fields.number(where + ".backoff_base_millis", proto.getBackoffBaseMillis());
        return new RetryPolicy(
                Fields.range(where + ".attempts", proto.getAttempts(), 1, Integer.MAX_VALUE),
                Fields.number(where + ".per_try_timeout_millis", proto.getPerTryTimeoutMillis()),
                conditions,
                statusCodes,
                proto.getRetryOn(),
                base == 0 ? DEFAULT_BACKOFF_BASE_MILLIS : base,
                proto.getAvoidPreviousEndpoints(),
                proto.getOtherLocalities());
    }

    private static RetryCondition condition(String where, io.signalbox.config.v1.RetryCondition proto, int value)
            throws ContentException {
        return switch (proto) {
            case RETRY_CONDITION_5XX -> RetryCondition.SERVER_ERROR;
            case RETRY_CONDITION_GATEWAY_ERROR -> RetryCondition.GATEWAY_ERROR;
            case RETRY_CONDITION_RESET -> RetryCondition.RESET;
            case RETRY_CONDITION_RESET_BEFORE_REQUEST -> RetryCondition.RESET_BEFORE_REQUEST;
            case RETRY_CONDITION_CONNECT_FAILURE -> RetryCondition.CONNECT_FAILURE;
            case RETRY_CONDITION_REFUSED_STREAM -> RetryCondition.REFUSED_STREAM;
            case RETRY_CONDITION_RETRIABLE_4XX -> RetryCondition.RETRIABLE_4XX;
            case RETRY_CONDITION_RETRIABLE_STATUS_CODES -> RetryCondition.RETRIABLE_STATUS_CODES;
            case RETRY_CONDITION_ENVOY_RATELIMITED -> RetryCondition.ENVOY_RATELIMITED;
            case RETRY_CONDITION_GRPC_CANCELLED -> RetryCondition.GRPC_CANCELLED;
            case RETRY_CONDITION_GRPC_DEADLINE_EXCEEDED -> RetryCondition.GRPC_DEADLINE_EXCEEDED;
            case RETRY_CONDITION_GRPC_INTERNAL -> RetryCondition.GRPC_INTERNAL;
            case RETRY_CONDITION_GRPC_RESOURCE_EXHAUSTED -> RetryCondition.GRPC_RESOURCE_EXHAUSTED;
            case RETRY_CONDITION_GRPC_UNAVAILABLE -> RetryCondition.GRPC_UNAVAILABLE;
            case RETRY_CONDITION_UNSPECIFIED, UNRECOGNIZED -> throw Fields.unknownEnum(where, value);
        };
    }

    static Fault fault(String where, io.signalbox.config.v1.Fault proto) throws ContentException {
        int httpStatus = proto.getAbortHttpStatus();
        if (httpStatus != 0) {
            Fields.range(where + ".abort_http_status", httpStatus, 200, 599);
            if (proto.hasAbortGrpcStatus()) {
                throw Fields.bad(
                        where + ".abort_grpc_status", proto.getAbortGrpcStatus(), "none beside an HTTP status");
            }
        }
        return new Fault(
                Fields.number(where + ".delay_millis", proto.getDelayMillis()),
                Fields.perMillion(where + ".delay_per_million", proto.getDelayPerMillion()),
                httpStatus,
                proto.hasAbortGrpcStatus()
                        ? Fields.range(where + ".abort_grpc_status", proto.getAbortGrpcStatus(), 0, MAX_GRPC_STATUS)
                        : null,
                Fields.perMillion(where + ".abort_per_million", proto.getAbortPerMillion()));
    }

    static CorsPolicy cors(String where, io.signalbox.config.v1.CorsPolicy proto) throws ContentException {
        List<StringMatch> origins = new ArrayList<>(proto.getAllowOriginsCount());
        for (int i = 0; i < proto.getAllowOriginsCount(); i++) {
            String at = where + ".allow_origins[" + i + "]";
            io.signalbox.config.v1.OriginMatch origin = proto.getAllowOrigins(i);
            origins.add(
                    switch (origin.getKindCase()) {
                        case EXACT -> new StringMatch.Exact(origin.getExact());
                        case PREFIX -> new StringMatch.Prefix(origin.getPrefix());
                        case REGEX -> new StringMatch.Regex(Fields.regex(at + ".regex", origin.getRegex()));
                        case KIND_NOT_SET -> throw Fields.notSet(at);
                    });
        }
        return new CorsPolicy(
                origins,
                Fields.headerValue(where + ".allow_methods", proto.getAllowMethods()),
                Fields.headerValue(where + ".allow_headers", proto.getAllowHeaders()),
                Fields.headerValue(where + ".expose_headers", proto.getExposeHeaders()),
                proto.hasMaxAgeSeconds() ? Fields.number(where + ".max_age_seconds", proto.getMaxAgeSeconds()) : null,
                proto.getAllowCredentials(),
                proto.getForwardUnmatchedPreflights());
    }
}
