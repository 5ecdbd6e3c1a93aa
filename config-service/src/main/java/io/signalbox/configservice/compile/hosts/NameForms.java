package io.signalbox.configservice.compile.hosts;

import java.util.ArrayList;
import java.util.List;

/**
 * The Host values under which callers know a service by its name.
 *
 * @param clusterDomain suffix of Kubernetes' services, such as {@code cluster.local}
 */
public record NameForms(String clusterDomain) {
    /**
     * One Host value.
     *
     * @param pattern a name, or {@code *.} and a suffix
     * @param namespace of the callers who may use it; empty: all
     * @param generated whether it was made by shortening, so that it yields to a service with that very name
     */
    public record Form(String pattern, String namespace, boolean generated) {}

    /**
     * All forms of a host name: itself, with a trailing dot, and where it is a name of Kubernetes the shorter ones.
     *
     * @param pods whether the names of single pods below it count as well
     */
    public List<Form> of(String host, boolean pods) {
        List<Form> forms = new ArrayList<>();
        forms.add(new Form(host, "", false));
        forms.add(new Form(host + ".", "", false));
        String end = ".svc." + clusterDomain;
        int dot = host.indexOf('.');
        if (!Hosts.isWildcard(host) && host.endsWith(end) && dot < host.length() - end.length()) {
            String namespace = host.substring(dot + 1, host.length() - end.length());
            String name = host.substring(0, dot);
            forms.add(new Form(name + "." + namespace + ".svc", "", true));
            forms.add(new Form(name + "." + namespace, "", true));
            forms.add(new Form(name, namespace, true));
        }
        if (pods) {
            for (Form form : List.copyOf(forms)) {
                forms.add(new Form("*." + form.pattern, form.namespace, form.generated));
            }
        }
        return forms;
    }
}
