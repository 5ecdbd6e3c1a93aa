package io.signalbox.configservice.diff;

import com.google.protobuf.Message;
import io.signalbox.config.v1.Resource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The difference between two versions of a port, each list ordered by kind and name.
 *
 * @param added what only the later version has, with what it says
 * @param removed what only the earlier one has
 * @param changed what both have, with what differs
 */
public record PortDiff(List<Change> added, List<Change> removed, List<Change> changed) {
    /**
     * One resource.
     *
     * @param kind {@code address}, {@code backend}, {@code sni} or {@code virtual-host}
     * @param name its name within the kind
     * @param changes sentences for a person; none when it is removed
     */
    public record Change(String kind, String name, List<String> changes) {
        public Change {
            changes = List.copyOf(changes);
        }
    }

    public PortDiff {
        added = List.copyOf(added);
        removed = List.copyOf(removed);
        changed = List.copyOf(changed);
    }

    /** Compares the resources of two versions, in any order. */
    public static PortDiff between(Collection<Resource> from, Collection<Resource> to) {
        SortedMap<String, Resource> before = byName(from);
        SortedMap<String, Resource> after = byName(to);
        List<Change> added = new ArrayList<>();
        List<Change> removed = new ArrayList<>();
        List<Change> changed = new ArrayList<>();
        before.forEach((name, resource) -> {
            if (!after.containsKey(name)) {
                removed.add(change(name, List.of()));
            }
        });
        after.forEach((name, resource) -> {
            Resource old = before.get(name);
            if (old == null) {
                added.add(change(name, MessageDiff.describe(content(resource))));
            } else if (!old.equals(resource)) {
                changed.add(change(name, changes(old, resource)));
            }
        });
        return new PortDiff(added, removed, changed);
    }

    private static SortedMap<String, Resource> byName(Collection<Resource> resources) {
        SortedMap<String, Resource> byName = new TreeMap<>();
        resources.forEach(resource -> byName.put(resource.getName(), resource));
        return byName;
    }

    private static List<String> changes(Resource old, Resource now) {
        return old.getKindCase() == now.getKindCase()
                ? MessageDiff.between(content(old), content(now))
                : List.of("was another kind of resource");
    }

    private static Message content(Resource resource) {
        return switch (resource.getKindCase()) {
            case ADDRESS_FRONTEND -> resource.getAddressFrontend();
            case VIRTUAL_HOST -> resource.getVirtualHost();
            case BACKEND -> resource.getBackend();
            case SNI_FRONTEND -> resource.getSniFrontend();
            case KIND_NOT_SET -> Resource.getDefaultInstance();
        };
    }

    private static Change change(String resourceName, List<String> changes) {
        int slash = resourceName.indexOf('/');
        return new Change(resourceName.substring(0, slash), resourceName.substring(slash + 1), changes);
    }
}
