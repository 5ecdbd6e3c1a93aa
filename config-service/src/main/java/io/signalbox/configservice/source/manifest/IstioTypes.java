package io.signalbox.configservice.source.manifest;

import com.google.re2j.Pattern;
import io.signalbox.configservice.registry.CallerMatch;
import io.signalbox.configservice.registry.Destination;
import io.signalbox.configservice.registry.Headers;
import io.signalbox.configservice.registry.StringMatch;
import io.signalbox.configservice.registry.WorkloadSelector;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Types that several kinds of Istio share. */
final class IstioTypes {
    private IstioTypes() {}

    /** A condition on a text. Of several forms the first counts, and the others are noted. */
    static StringMatch stringMatch(Fields match) {
        List<StringMatch> forms = new ArrayList<>();
        if (match.has("exact")) {
            forms.add(new StringMatch.Exact(match.text("exact")));
        }
        if (match.has("prefix")) {
            forms.add(new StringMatch.Prefix(match.text("prefix")));
        }
        if (match.has("regex")) {
            forms.add(new StringMatch.Regex(match.text("regex")));
        }
        if (match.has("suffix")) {
            forms.add(new StringMatch.Regex("(?s).*" + Pattern.quote(match.text("suffix"))));
        }
        if (forms.size() > 1) {
            match.error(match.path(), "has several forms (expected: one of exact, prefix, suffix, regex)");
        }
        match.refuseOthers();
        return forms.isEmpty() ? new StringMatch.Present() : forms.getFirst();
    }

    /** A condition on something that is always there: null when it demands nothing. */
    static @Nullable StringMatch stringMatch(Fields parent, String field) {
        StringMatch match = parent.objectOrNull(field, IstioTypes::stringMatch);
        return match instanceof StringMatch.Present ? null : match;
    }

    /**
     * Conditions by header name in lower case.
     *
     * @param nullable whether no condition at all is one: that the header is there
     */
    static Map<String, StringMatch> headerMatches(Fields parent, String field, boolean nullable) {
        Map<String, StringMatch> matches = new TreeMap<>();
        parent.entries(field).forEach((name, value) -> {
            if (!value.isPresent() && !nullable) {
                value.error(value.path(), "is empty (expected: a condition, or {} for every value)");
                return;
            }
            StringMatch match = value.isPresent() ? stringMatch(value) : new StringMatch.Present();
            boolean any = match instanceof StringMatch.Regex(String regex) && regex.equals("*");
            StringMatch before = matches.put(name.toLowerCase(Locale.ROOT), any ? new StringMatch.Present() : match);
            if (before != null) {
                value.error(value.path(), "stands twice (header names have no case)");
            }
        });
        return matches;
    }

    static Map<String, StringMatch> queryMatches(Fields parent, String field) {
        Map<String, StringMatch> matches = new TreeMap<>();
        parent.entries(field).forEach((name, value) -> matches.put(name, stringMatch(value)));
        return matches;
    }

    /** Conditions on who asks. The fields stand beside others, so the rest is not refused. */
    static CallerMatch callerMatch(Fields match) {
        return new CallerMatch(
                match.port("port"),
                match.textMap("sourceLabels"),
                match.text("sourceNamespace"),
                match.texts("gateways"));
    }

    static Destination destination(Fields destination) {
        Fields port = destination.object("port");
        Destination read = new Destination(
                destination.lowerCase("host"), destination.text("subset"), port.isPresent() ? portNumber(port) : 0);
        destination.refuseOthers();
        return read;
    }

    private static int portNumber(Fields port) {
        int number = port.port("number");
        if (!port.has("number")) {
            port.error(port.path("number"), "is missing (expected: 1 to 65535)");
        }
        port.refuseOthers();
        return number;
    }

    static Headers headers(Fields parent) {
        Fields headers = parent.object("headers");
        Headers read = new Headers(operations(headers.object("request")), operations(headers.object("response")));
        headers.refuseOthers();
        return read;
    }

    private static Headers.Operations operations(Fields operations) {
        Headers.Operations read = new Headers.Operations(
                operations.textMap("set"), operations.textMap("add"), operations.texts("remove"));
        operations.refuseOthers();
        return read;
    }

    /**
     * A selector of workloads.
     *
     * @param labels name of the field with the labels
     */
    static @Nullable WorkloadSelector workloadSelector(Fields parent, String labels) {
        return parent.objectOrNull("workloadSelector", selector -> {
            WorkloadSelector read = new WorkloadSelector(selector.textMap(labels));
            selector.refuseOthers();
            return read;
        });
    }

    /** A percentage object; null when absent. One without a value is 0, as in the protocol buffers of Istio. */
    static @Nullable Double percent(Fields parent, String field) {
        return parent.objectOrNull(field, percent -> {
            Double value = percent.decimal("value");
            percent.refuseOthers();
            return value == null ? 0.0 : value;
        });
    }
}
