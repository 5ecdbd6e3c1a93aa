package io.signalbox.configservice.validate;

import io.signalbox.configservice.registry.Headers;
import java.util.Map;

/** Rules for changes of headers. */
final class HeaderRules {
    private HeaderRules() {}

    static void check(Headers headers, String path, Findings findings) {
        operations(headers.request(), path + ".request", true, findings);
        operations(headers.response(), path + ".response", false, findings);
    }

    private static void operations(Headers.Operations operations, String at, boolean authority, Findings findings) {
        changes(operations.set(), at + ".set", authority, findings);
        changes(operations.add(), at + ".add", authority, findings);
        for (int i = 0; i < operations.remove().size(); i++) {
            changedName(operations.remove().get(i), at + ".remove[" + i + "]", false, findings);
        }
    }

    private static void changes(Map<String, String> values, String at, boolean authority, Findings findings) {
        values.forEach((name, value) -> {
            String where = at + "[\"" + name + "\"]";
            changedName(name, where, authority, findings);
            findings.check(where, Http.headerValue(value));
            if (value.replace("%%", "").contains("%")) {
                findings.warning(where, "has a % command, which is not replaced by its value here");
            }
        });
    }

    private static void changedName(String name, String at, boolean authority, Findings findings) {
        if (authority && Http.isAuthority(name)) {
            return;
        }
        if (name.equalsIgnoreCase("host") || name.startsWith(":")) {
            findings.error(at, name + " cannot be changed here (expected: rewrite.authority for the host)");
        } else {
            findings.check(at, Http.changedHeaderName(name));
        }
    }
}
