package io.signalbox.configservice.source.manifest;

import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * A kind of objects that is read, as an API server serves it.
 *
 * @param kind such as {@code Service}
 * @param plural the word in paths and permissions, such as {@code services}
 * @param group API group; empty: the core group
 * @param versions those that are read, the preferred one first
 * @param namespaced whether its objects are in namespaces
 * @param builtIn whether every API server serves it, in the first of these versions
 */
public record ResourceKind(
        String kind, String plural, String group, List<String> versions, boolean namespaced, boolean builtIn) {
    public ResourceKind {
        versions = List.copyOf(versions);
    }

    /** The {@code apiVersion} of its objects in one of the versions. */
    public String apiVersion(String version) {
        return group.isEmpty() ? version : group + "/" + version;
    }

    /** Every {@code apiVersion} that is read, ordered. */
    public SortedSet<String> apiVersions() {
        return versions.stream().map(this::apiVersion).collect(Collectors.toCollection(TreeSet::new));
    }

    /** Name of the resource in permissions, such as {@code pods} or {@code httproutes.gateway.networking.k8s.io}. */
    public String resource() {
        return group.isEmpty() ? plural : plural + "." + group;
    }
}
