package io.signalbox.configservice.pipeline;

import io.signalbox.configservice.registry.Declared;
import io.signalbox.configservice.registry.ObjectRef;
import io.signalbox.configservice.registry.Problem;
import io.signalbox.configservice.registry.Provenance;
import io.signalbox.configservice.source.Declaration;
import io.signalbox.configservice.source.SourceChange;
import io.signalbox.configservice.source.SourceUnit;
import io.signalbox.configservice.validate.Validated;
import io.signalbox.configservice.validate.Validator;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Decides which declarations are in force: validates what changed, lets the first of several declarations of one object
 * count, and keeps the last good form of what is refused or could not be read. What a change costs depends on the units
 * that changed, not on all that is declared.
 *
 * <p>Confined to one thread, such as the pipeline's. Remembers what is in force; after a restart there is no last good
 * form.
 */
public final class Admission {
    /** Most objects in force at a time. Those after them, in the order of kind, namespace and name, are refused. */
    public static final int MAX_OBJECTS = 500_000;

    /**
     * What changed in what is in force; the first time that is everything.
     *
     * @param changed new and changed objects; what is equal to what it was is not among them
     * @param removed objects that are no longer in force
     * @param refused all that is refused at this moment, by object
     * @param problems all findings of this moment, ordered
     */
    public record Result(
            List<Declared> changed, List<ObjectRef> removed, Map<ObjectRef, Refusal> refused, List<Problem> problems) {}

    /** A declaration after validation; refused when {@code accepted} is null. */
    private record Entry(
            ObjectRef ref,
            Provenance provenance,
            long generation,
            @Nullable Declared accepted,
            List<Problem> problems) {}

    /**
     * A unit as it was last read.
     *
     * @param contributed what it declares, or declared when it could last be read whole
     */
    private record AdmittedUnit(SourceUnit unit, List<Entry> entries, Set<ObjectRef> contributed) {
        AdmittedUnit {
            contributed = Set.copyOf(contributed);
        }

        boolean hasProblems() {
            return !unit.problems().isEmpty() || entries.stream().anyMatch(entry -> !entry.problems.isEmpty());
        }
    }

    private final Validator validator = new Validator();
    private final int maxObjects;
    private final SortedMap<String, AdmittedUnit> units = new TreeMap<>();
    private final SortedSet<String> unitsWithProblems = new TreeSet<>();
    private final SortedSet<String> incompleteUnits = new TreeSet<>();
    private final Map<ObjectRef, List<Entry>> candidates = new HashMap<>();
    private final Map<ObjectRef, List<Problem>> duplicates = new HashMap<>();
    private final SortedMap<ObjectRef, Declared> chosen = new TreeMap<>();
    private SortedMap<ObjectRef, Declared> limited = new TreeMap<>();

    /**
     * An admission with nothing in force yet.
     *
     * @param maxObjects most objects in force at a time
     */
    public Admission(int maxObjects) {
        this.maxObjects = maxObjects;
    }

    /** Takes note of what the source has new. */
    public Result admit(SourceChange change) {
        Set<ObjectRef> touched = new TreeSet<>();
        change.removed().forEach(name -> removeUnit(name, touched));
        change.changed().forEach(unit -> replaceUnit(unit, touched));
        List<Declared> changed = new ArrayList<>();
        List<ObjectRef> removed = new ArrayList<>();
        for (ObjectRef ref : touched) {
            choose(ref, changed, removed);
        }
        List<Problem> problems = problems(change);
        if (chosen.size() > maxObjects || !limited.isEmpty()) {
            return limit(changed, removed, problems);
        }
        Collections.sort(problems);
        return new Result(List.copyOf(changed), List.copyOf(removed), refused(), List.copyOf(problems));
    }

    private void replaceUnit(SourceUnit unit, Set<ObjectRef> touched) {
        AdmittedUnit before = units.get(unit.name());
        Set<ObjectRef> known = before == null ? Set.of() : before.contributed;
        removeUnit(unit.name(), touched);
        List<Entry> entries = unit.declarations().stream().map(this::validated).toList();
        Set<ObjectRef> contributed = new HashSet<>();
        for (Entry entry : entries) {
            contributed.add(entry.ref);
            List<Entry> rivals = candidates.computeIfAbsent(entry.ref, _ -> new ArrayList<>(1));
            rivals.add(entry);
            rivals.sort(Comparator.comparing(Entry::provenance));
        }
        touched.addAll(contributed);
        if (!unit.complete()) {
            contributed.addAll(known);
            incompleteUnits.add(unit.name());
        }
        AdmittedUnit admitted = new AdmittedUnit(unit, entries, contributed);
        units.put(unit.name(), admitted);
        if (admitted.hasProblems()) {
            unitsWithProblems.add(unit.name());
        }
    }

    private void removeUnit(String name, Set<ObjectRef> touched) {
        AdmittedUnit gone = units.remove(name);
        if (gone == null) {
            return;
        }
        unitsWithProblems.remove(name);
        incompleteUnits.remove(name);
        touched.addAll(gone.contributed);
        for (Entry entry : gone.entries) {
            List<Entry> rivals = candidates.getOrDefault(entry.ref, new ArrayList<>());
            rivals.remove(entry);
            if (rivals.isEmpty()) {
                candidates.remove(entry.ref);
            }
        }
    }

    private Entry validated(Declaration declaration) {
        return switch (declaration) {
            case Declaration.Malformed malformed ->
                new Entry(malformed.ref(), malformed.provenance(), malformed.generation(), null, malformed.problems());
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
                        parsed.generation(),
                        accepted,
                        problems.stream()
                                .map(problem -> problem.at(parsed.provenance()))
                                .toList());
            }
        };
    }

    /** Decides on one object anew, and notes what that changes. */
    private void choose(ObjectRef ref, List<Declared> changed, List<ObjectRef> removed) {
        List<Entry> rivals = candidates.getOrDefault(ref, List.of());
        reportDuplicates(ref, rivals);
        Declared before = chosen.get(ref);
        Declared now = rivals.isEmpty() ? (isUnread(ref) ? before : null) : choose(before, rivals);
        if (now == null) {
            if (before != null) {
                chosen.remove(ref);
                removed.add(ref);
            }
        } else if (!now.equals(before)) {
            Declared shared = before != null && before.object().equals(now.object())
                    ? new Declared(before.object(), now.provenance())
                    : now;
            chosen.put(ref, shared);
            changed.add(shared);
        }
    }

    /** The first declaration if it is accepted, else the last good form, else the next that is accepted. */
    private static @Nullable Declared choose(@Nullable Declared before, List<Entry> rivals) {
        Declared first = rivals.getFirst().accepted;
        if (first != null) {
            return first;
        }
        if (before != null) {
            return before;
        }
        for (Entry entry : rivals) {
            if (entry.accepted != null) {
                return entry.accepted;
            }
        }
        return null;
    }

    /** Whether an object that nobody declares may stand in what could not be read. */
    private boolean isUnread(ObjectRef ref) {
        for (String name : incompleteUnits) {
            AdmittedUnit unit = units.get(name);
            if (unit != null && unit.contributed.contains(ref)) {
                return true;
            }
        }
        return false;
    }

    private void reportDuplicates(ObjectRef ref, List<Entry> rivals) {
        if (rivals.size() < 2) {
            duplicates.remove(ref);
            return;
        }
        List<Problem> problems = new ArrayList<>();
        for (Entry loser : rivals.subList(1, rivals.size())) {
            problems.add(new Problem(
                    Problem.Severity.WARNING,
                    loser.provenance,
                    loser.ref,
                    "metadata.name",
                    "is declared at " + rivals.getFirst().provenance + " already; that one counts"));
        }
        duplicates.put(ref, problems);
    }

    private List<Problem> problems(SourceChange change) {
        List<Problem> problems = new ArrayList<>(change.problems());
        for (String name : unitsWithProblems) {
            AdmittedUnit unit = units.get(name);
            if (unit != null) {
                problems.addAll(unit.unit.problems());
                unit.entries.forEach(entry -> problems.addAll(entry.problems));
            }
        }
        duplicates.values().forEach(problems::addAll);
        return problems;
    }

    /** Of several declarations of one object the first counts. */
    private Map<ObjectRef, Refusal> refused() {
        Map<ObjectRef, Refusal> refused = new HashMap<>();
        for (String name : unitsWithProblems) {
            AdmittedUnit unit = units.get(name);
            if (unit != null) {
                for (Entry entry : unit.entries) {
                    if (entry.accepted == null && isFirst(entry)) {
                        refused.put(entry.ref, new Refusal(entry.generation, entry.problems));
                    }
                }
            }
        }
        return Map.copyOf(refused);
    }

    @SuppressWarnings("ReferenceEquality") // this very declaration, not one that says the same
    private boolean isFirst(Entry entry) {
        return candidates.getOrDefault(entry.ref, List.of(entry)).getFirst() == entry;
    }

    /** There are, or were before, too many objects: finds what is in force by comparing everything. */
    private Result limit(List<Declared> changed, List<ObjectRef> removed, List<Problem> problems) {
        SortedMap<ObjectRef, Declared> before = new TreeMap<>(limited);
        if (limited.isEmpty()) {
            before.putAll(chosen);
            changed.forEach(declared -> before.remove(declared.object().ref()));
        }
        SortedMap<ObjectRef, Declared> now = new TreeMap<>();
        chosen.entrySet().stream().limit(maxObjects).forEach(entry -> now.put(entry.getKey(), entry.getValue()));
        if (chosen.size() > maxObjects) {
            problems.add(new Problem(
                    Problem.Severity.ERROR,
                    Provenance.UNKNOWN,
                    new ObjectRef("", "", ""),
                    "",
                    chosen.size() + " objects (expected: at most " + maxObjects + "); the rest is not in force"));
            limited = now;
        } else {
            limited = new TreeMap<>();
        }
        Collections.sort(problems);
        Set<ObjectRef> gone = new TreeSet<>(before.keySet());
        gone.addAll(removed);
        gone.removeAll(now.keySet());
        return new Result(
                now.entrySet().stream()
                        .filter(entry -> !entry.getValue().equals(before.get(entry.getKey())))
                        .map(Map.Entry::getValue)
                        .toList(),
                List.copyOf(gone),
                refused(),
                List.copyOf(problems));
    }
}
