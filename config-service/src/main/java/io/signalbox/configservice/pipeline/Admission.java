package io.signalbox.configservice.pipeline;

import io.signalbox.configservice.registry.Declared;
import io.signalbox.configservice.registry.ObjectRef;
import io.signalbox.configservice.registry.Problem;
import io.signalbox.configservice.registry.Provenance;
import io.signalbox.configservice.source.Declaration;
import io.signalbox.configservice.source.SourceState;
import io.signalbox.configservice.source.SourceUnit;
import io.signalbox.configservice.validate.Validated;
import io.signalbox.configservice.validate.Validator;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Decides which declarations are in force: validates what changed, lets the first of several declarations of one object
 * count, and keeps the last good form of what is refused or could not be read.
 *
 * <p>Confined to the pipeline's thread. Remembers what is in force; after a restart there is no last good form.
 */
final class Admission {
    /** Most objects in force at a time. Those after them, in the order of kind, namespace and name, are refused. */
    static final int MAX_OBJECTS = 500_000;

    /**
     * What is in force.
     *
     * @param objects each object once, ordered; one that did not change is the same object as before
     * @param problems all findings of this moment
     */
    record Result(Collection<Declared> objects, List<Problem> problems) {}

    /** A declaration after validation; refused when {@code accepted} is null. */
    private record Entry(
            ObjectRef ref, Provenance provenance, @Nullable Declared accepted, List<Problem> problems) {}

    private record ValidatedUnit(SourceUnit unit, List<Entry> entries) {}

    private final Validator validator = new Validator();
    private final int maxObjects;
    private Map<String, ValidatedUnit> units = new HashMap<>();
    private Map<String, Set<ObjectRef>> contributed = new HashMap<>();
    private SortedMap<ObjectRef, Declared> inForce = new TreeMap<>();

    Admission(int maxObjects) {
        this.maxObjects = maxObjects;
    }

    Result admit(SourceState state) {
        List<Problem> problems = new ArrayList<>(state.problems());
        SortedMap<ObjectRef, List<Entry>> candidates = new TreeMap<>();
        Map<String, ValidatedUnit> validatedUnits = new HashMap<>();
        for (SourceUnit unit : state.units()) {
            problems.addAll(unit.problems());
            ValidatedUnit validated = validated(unit);
            validatedUnits.put(unit.name(), validated);
            for (Entry entry : validated.entries) {
                problems.addAll(entry.problems);
                candidates.computeIfAbsent(entry.ref, _ -> new ArrayList<>()).add(entry);
            }
        }
        SortedMap<ObjectRef, Declared> next = new TreeMap<>();
        candidates.forEach((ref, entries) -> {
            reportDuplicates(entries, problems);
            Declared chosen = choose(ref, entries);
            if (chosen != null) {
                next.put(ref, chosen);
            }
        });
        contributed = keepUnread(validatedUnits, next);
        units = validatedUnits;
        inForce = limited(next, problems);
        Collections.sort(problems);
        return new Result(List.copyOf(inForce.values()), List.copyOf(problems));
    }

    @SuppressWarnings("ReferenceEquality") // a unit that did not change is the same object; its findings are known
    private ValidatedUnit validated(SourceUnit unit) {
        ValidatedUnit before = units.get(unit.name());
        if (before != null && before.unit == unit) {
            return before;
        }
        return new ValidatedUnit(
                unit, unit.declarations().stream().map(this::validated).toList());
    }

    private Entry validated(Declaration declaration) {
        return switch (declaration) {
            case Declaration.Malformed malformed ->
                new Entry(malformed.ref(), malformed.provenance(), null, malformed.problems());
            case Declaration.Parsed parsed -> {
                List<Problem> problems = new ArrayList<>(parsed.warnings());
                Declared accepted = switch (validator.validate(parsed.declared().object())) {
                    case Validated.Accepted(var object, var warnings) -> {
                        problems.addAll(warnings);
                        yield new Declared(object, parsed.provenance());
                    }
                    case Validated.Refused(var ignored, var errors) -> {
                        problems.addAll(errors);
                        yield null;
                    }
                };
                yield new Entry(
                        parsed.ref(),
                        parsed.provenance(),
                        accepted,
                        problems.stream()
                                .map(problem -> problem.at(parsed.provenance()))
                                .toList());
            }
        };
    }

    private static void reportDuplicates(List<Entry> entries, List<Problem> problems) {
        for (Entry loser : entries.subList(1, entries.size())) {
            problems.add(new Problem(
                    Problem.Severity.WARNING,
                    loser.provenance,
                    loser.ref,
                    "metadata.name",
                    "is declared at " + entries.getFirst().provenance + " already; that one counts"));
        }
    }

    /** The first declaration if it is accepted, else the last good form, else the next that is accepted. */
    private @Nullable Declared choose(ObjectRef ref, List<Entry> entries) {
        Declared before = inForce.get(ref);
        Declared first = entries.getFirst().accepted;
        if (first != null) {
            return share(before, first);
        }
        if (before != null) {
            return before;
        }
        for (Entry entry : entries) {
            if (entry.accepted != null) {
                return entry.accepted;
            }
        }
        return null;
    }

    private static Declared share(@Nullable Declared before, Declared now) {
        return before != null && before.object().equals(now.object())
                ? new Declared(before.object(), now.provenance())
                : now;
    }

    /** Keeps in force what units that are not complete declared before; returns what each unit has contributed. */
    private Map<String, Set<ObjectRef>> keepUnread(
            Map<String, ValidatedUnit> validatedUnits, SortedMap<ObjectRef, Declared> next) {
        Map<String, Set<ObjectRef>> contributions = new HashMap<>();
        validatedUnits.forEach((name, validated) -> {
            Set<ObjectRef> refs = new HashSet<>();
            validated.entries.forEach(entry -> refs.add(entry.ref));
            if (!validated.unit.complete()) {
                for (ObjectRef ref : contributed.getOrDefault(name, Set.of())) {
                    Declared before = inForce.get(ref);
                    if (before != null) {
                        next.putIfAbsent(ref, before);
                        refs.add(ref);
                    }
                }
            }
            contributions.put(name, refs);
        });
        return contributions;
    }

    private SortedMap<ObjectRef, Declared> limited(SortedMap<ObjectRef, Declared> next, List<Problem> problems) {
        if (next.size() <= maxObjects) {
            return next;
        }
        problems.add(new Problem(
                Problem.Severity.ERROR,
                Provenance.UNKNOWN,
                new ObjectRef("", "", ""),
                "",
                next.size() + " objects (expected: at most " + maxObjects + "); the rest is not in force"));
        SortedMap<ObjectRef, Declared> limited = new TreeMap<>();
        next.entrySet().stream().limit(maxObjects).forEach(entry -> limited.put(entry.getKey(), entry.getValue()));
        return limited;
    }
}
