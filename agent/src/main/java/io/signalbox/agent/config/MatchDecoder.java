package io.signalbox.agent.config;

import io.signalbox.agent.model.NamedMatch;
import io.signalbox.agent.model.PathMatch;
import io.signalbox.agent.model.RequestMatch;
import io.signalbox.agent.model.StringMatch;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Conditions on requests. Patterns are compiled here, once. */
final class MatchDecoder {
    private MatchDecoder() {}

    static RequestMatch match(String where, io.signalbox.config.v1.RequestMatch proto) throws ContentException {
        return new RequestMatch(
                proto.getName(),
                proto.hasPath() ? path(where + ".path", proto.getPath()) : null,
                optional(where + ".method", proto.hasMethod(), proto.getMethod()),
                optional(where + ".scheme", proto.hasScheme(), proto.getScheme()),
                optional(where + ".authority", proto.hasAuthority(), proto.getAuthority()),
                headers(where + ".headers", proto.getHeadersList()),
                headers(where + ".without_headers", proto.getWithoutHeadersList()),
                named(where + ".query_params", proto.getQueryParamsList()),
                Fields.labels(where + ".source_labels", proto.getSourceLabelsList()));
    }

    private static PathMatch path(String where, io.signalbox.config.v1.PathMatch proto) throws ContentException {
        return switch (proto.getKindCase()) {
            case EXACT -> new PathMatch.Exact(proto.getExact(), proto.getIgnoreCase());
            case PREFIX -> new PathMatch.Prefix(proto.getPrefix(), proto.getIgnoreCase());
            case REGEX -> new PathMatch.Regex(Fields.regex(where + ".regex", proto.getRegex()));
            case SEGMENT_PREFIX -> {
                if (proto.getSegmentPrefix().endsWith("/")) {
                    throw Fields.bad(
                            where + ".segment_prefix", "'" + proto.getSegmentPrefix() + "'", "no '/' at the end");
                }
                yield new PathMatch.SegmentPrefix(proto.getSegmentPrefix());
            }
            case KIND_NOT_SET -> throw Fields.notSet(where);
        };
    }

    private static List<NamedMatch> headers(String where, List<io.signalbox.config.v1.NamedMatch> all)
            throws ContentException {
        for (int i = 0; i < all.size(); i++) {
            Fields.headerName(where + "[" + i + "].name", all.get(i).getName());
        }
        return named(where, all);
    }

    private static List<NamedMatch> named(String where, List<io.signalbox.config.v1.NamedMatch> all)
            throws ContentException {
        List<NamedMatch> matches = new ArrayList<>(all.size());
        for (int i = 0; i < all.size(); i++) {
            String at = where + "[" + i + "]";
            io.signalbox.config.v1.NamedMatch proto = all.get(i);
            matches.add(new NamedMatch(
                    Fields.required(at + ".name", proto.getName()), text(at + ".value", proto.getValue())));
        }
        return matches;
    }

    private static @Nullable StringMatch optional(
            String where, boolean isPresent, io.signalbox.config.v1.StringMatch proto) throws ContentException {
        return isPresent ? text(where, proto) : null;
    }

    private static StringMatch text(String where, io.signalbox.config.v1.StringMatch proto) throws ContentException {
        return switch (proto.getKindCase()) {
            case EXACT -> new StringMatch.Exact(proto.getExact());
            case PREFIX -> new StringMatch.Prefix(proto.getPrefix());
            case REGEX -> new StringMatch.Regex(Fields.regex(where + ".regex", proto.getRegex()));
            case PRESENT -> {
                if (!proto.getPresent()) {
                    throw Fields.bad(where + ".present", false, "true");
                }
                yield new StringMatch.Present();
            }
            case KIND_NOT_SET -> throw Fields.notSet(where);
        };
    }
}
