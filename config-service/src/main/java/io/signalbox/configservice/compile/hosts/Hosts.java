package io.signalbox.configservice.compile.hosts;

import java.util.ArrayList;
import java.util.List;

/** Host names and the patterns that stand for several. */
public final class Hosts {
    private Hosts() {}

    /**
     * Whether the pattern (a name, {@code *}, or {@code *.} and a suffix) means the host, which may be a narrower
     * pattern.
     */
    public static boolean covers(String pattern, String host) {
        if (!pattern.startsWith("*")) {
            return pattern.equals(host);
        }
        String suffix = pattern.substring(1);
        return (host.length() > suffix.length() && host.endsWith(suffix)) || pattern.equals(host);
    }

    /** Whether it is a pattern for several hosts. */
    public static boolean isWildcard(String host) {
        return host.startsWith("*");
    }

    /** The patterns that cover the host and are not the host itself, longest first; {@code *} is the last. */
    public static List<String> wildcardsOver(String host) {
        List<String> patterns = new ArrayList<>();
        for (int dot = host.indexOf('.'); dot >= 0; dot = host.indexOf('.', dot + 1)) {
            String pattern = "*" + host.substring(dot);
            if (!pattern.equals(host)) {
                patterns.add(pattern);
            }
        }
        if (!host.equals("*")) {
            patterns.add("*");
        }
        return patterns;
    }

    /** The host that is meant: a name without a dot is a service in the namespace of the object that names it. */
    public static String full(String host, String namespace, String clusterDomain) {
        return host.indexOf('.') >= 0 || host.equals("*") ? host : host + "." + namespace + ".svc." + clusterDomain;
    }
}
