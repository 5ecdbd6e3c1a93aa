package io.signalbox.configservice.explain;

import io.signalbox.configservice.registry.ObjectRef;
import io.signalbox.configservice.registry.Problem;
import io.signalbox.configservice.wire.Published;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * A registry compiled beside the live one.
 *
 * @param revision names it, for people: the live revision where it stands on it, and a hash of the manifests
 * @param published what would be offered to agents
 * @param problems findings about the manifests, and those of the compiler about their objects; ordered
 * @param refused objects of the manifests that were refused; empty names where not even those could be read
 */
public record WhatIfRegistry(
        String revision, Published published, List<Problem> problems, SortedSet<ObjectRef> refused) {
    public WhatIfRegistry {
        problems = List.copyOf(problems);
        refused = Collections.unmodifiableSortedSet(new TreeSet<>(refused));
    }
}
