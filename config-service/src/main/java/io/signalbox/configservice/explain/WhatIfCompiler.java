package io.signalbox.configservice.explain;

import io.signalbox.configservice.compile.Compilation;
import io.signalbox.configservice.compile.Compiler;
import io.signalbox.configservice.pipeline.Admission;
import io.signalbox.configservice.pipeline.PipelineState;
import io.signalbox.configservice.registry.ObjectRef;
import io.signalbox.configservice.registry.Problem;
import io.signalbox.configservice.registry.Registry;
import io.signalbox.configservice.source.Declaration;
import io.signalbox.configservice.source.SourceChange;
import io.signalbox.configservice.source.SourceUnit;
import io.signalbox.configservice.source.manifest.ManifestReader;
import io.signalbox.configservice.wire.Published;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Takes manifests through the pipeline's stages but the last: read, validate, compile. Stateless. */
public final class WhatIfCompiler {
    /** Where the objects of manifests stand; no unit of a source of files has a name without a suffix. */
    static final String UNIT = "manifests";

    private final ManifestReader reader;
    private final Compiler compiler;

    /**
     * A compiler of manifests.
     *
     * @param maxChars longest document; a longer one is broken
     */
    public WhatIfCompiler(Compiler compiler, int maxChars) {
        this.compiler = compiler;
        this.reader = new ManifestReader(maxChars);
    }

    /**
     * Compiles manifests on top of {@code base}. An object of the manifests that is refused leaves the one of the base
     * in force.
     *
     * @param published what {@code base} was published as, or nearly: what is the same there is not encoded again
     */
    WhatIfRegistry compile(String revision, PipelineState base, Published published, String yaml) {
        SourceUnit unit = reader.read(UNIT, yaml);
        Admission.Result admitted =
                new Admission(Admission.MAX_OBJECTS).admit(new SourceChange(List.of(unit), List.of(), List.of()));
        Registry registry = base.registry().with(base.registry().revision().next(), admitted.changed(), List.of());
        Compilation compilation = compiler.compile(base.compilation(), registry);

        Set<ObjectRef> declared =
                unit.declarations().stream().map(Declaration::ref).collect(Collectors.toSet());
        List<Problem> problems = new ArrayList<>(admitted.problems());
        compilation.problems().stream()
                .filter(problem -> declared.contains(problem.object()))
                .forEach(problems::add);
        Collections.sort(problems);
        return new WhatIfRegistry(
                revision, published.next(compilation.snapshot()), problems, refused(admitted.problems()));
    }

    private static SortedSet<ObjectRef> refused(List<Problem> problems) {
        return problems.stream()
                .filter(problem -> problem.severity() == Problem.Severity.ERROR)
                .map(Problem::object)
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
