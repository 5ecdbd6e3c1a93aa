package io.signalbox.configservice.compile;

import io.signalbox.configservice.registry.ObjectRef;
import io.signalbox.configservice.registry.Registry;
import io.signalbox.configservice.registry.RegistryObject;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What differs between two registries, found by identity: objects that did not change are shared. */
final class Changes {
    private final Registry before;
    private final Registry after;

    Changes(Registry before, Registry after) {
        this.before = before;
        this.after = after;
    }

    /** Whether any object of these kinds is another. */
    boolean isAny(Map<String, Function<Registry, SortedMap<ObjectRef, ? extends RegistryObject>>> kinds) {
        return kinds.entrySet().stream()
                .anyMatch(kind -> !of(kind.getKey(), kind.getValue()).isEmpty());
    }

    /** The objects of a kind that are gone, new or changed; of changed ones both forms. */
    @SuppressWarnings("ReferenceEquality") // objects that did not change are shared
    <T extends RegistryObject> List<T> of(
            String name, Function<Registry, ? extends SortedMap<ObjectRef, ? extends T>> kind) {
        if (before.sharesKind(after, name)) {
            return List.of();
        }
        List<T> changed = new ArrayList<>();
        Iterator<? extends Map.Entry<ObjectRef, ? extends T>> olds =
                kind.apply(before).entrySet().iterator();
        Iterator<? extends Map.Entry<ObjectRef, ? extends T>> news =
                kind.apply(after).entrySet().iterator();
        Map.Entry<ObjectRef, ? extends T> old = next(olds);
        Map.Entry<ObjectRef, ? extends T> now = next(news);
        while (old != null || now != null) {
            if (old != null && now != null && old.getValue() == now.getValue()) {
                old = next(olds);
                now = next(news);
                continue;
            }
            int order = old == null ? 1 : now == null ? -1 : old.getKey().compareTo(now.getKey());
            if (order <= 0 && old != null) {
                changed.add(old.getValue());
                old = next(olds);
            }
            if (order >= 0 && now != null) {
                changed.add(now.getValue());
                now = next(news);
            }
        }
        return changed;
    }

    private static <E> @Nullable E next(Iterator<? extends E> iterator) {
        return iterator.hasNext() ? iterator.next() : null;
    }
}
