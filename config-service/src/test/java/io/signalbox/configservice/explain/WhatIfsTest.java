package io.signalbox.configservice.explain;

import static io.signalbox.configservice.testkit.Declarations.service;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.signalbox.configservice.compile.Compilation;
import io.signalbox.configservice.compile.Compiler;
import io.signalbox.configservice.pipeline.PipelineState;
import io.signalbox.configservice.registry.Registry;
import io.signalbox.configservice.registry.Revision;
import io.signalbox.configservice.testkit.Declarations;
import io.signalbox.configservice.wire.Published;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which registries are compiled, which are remembered. */
class WhatIfsTest {
    private static final String CATALOG = service("shop", "catalog", "10.0.0.1", "http", 80);
    private static final String OTHER = service("shop", "other", "10.0.0.2", "http", 81);

    private final Compiler compiler = new Compiler("cluster.local");
    private PipelineState live = PipelineState.INITIAL;
    private Published published = Published.EMPTY;
    private final WhatIfs whatIfs = new WhatIfs(new WhatIfCompiler(compiler, 1 << 24), () -> live, () -> published);

    @AfterEach
    void close() {
        whatIfs.close();
    }

    private void declare(long revision, String... yaml) {
        Compilation compilation =
                compiler.compile(live.compilation(), new Registry(new Revision(revision), Declarations.objects(yaml)));
        live = new PipelineState(true, compilation, Map.of(), List.of());
        published = published.next(compilation.snapshot());
    }

    @Test
    void theSameManifestsAreCompiledOnce() throws Exception {
        WhatIfRegistry first = whatIfs.compile(new Manifests(CATALOG, false));

        assertThat(whatIfs.compile(new Manifests(CATALOG, false))).isSameAs(first);
        assertThat(first.published().ports()).containsOnlyKeys(80);
        assertThat(whatIfs.compile(new Manifests(OTHER, false)).published().ports())
                .containsOnlyKeys(81);
    }

    @Test
    void anOverlayIsCompiledAgainWhenTheLiveRegistryChanges() throws Exception {
        declare(1, CATALOG);
        WhatIfRegistry first = whatIfs.compile(new Manifests(OTHER, true));
        assertThat(first.published().ports()).containsOnlyKeys(80, 81);
        assertThat(first.published().ports().get(80)).isSameAs(published.ports().get(80));
        assertThat(whatIfs.compile(new Manifests(OTHER, true))).isSameAs(first);

        declare(2, CATALOG, service("shop", "third", "10.0.0.3", "http", 82));

        assertThat(whatIfs.compile(new Manifests(OTHER, true)).published().ports())
                .containsOnlyKeys(80, 81, 82);
        assertThat(published.ports()).containsOnlyKeys(80, 82);
        assertThat(live.registry().services()).hasSize(2);
    }

    @Test
    void aRefusedObjectOfAnOverlayLeavesTheLiveOneInForce() throws Exception {
        declare(1, CATALOG);
        WhatIfRegistry registry =
                whatIfs.compile(new Manifests(service("shop", "catalog", "10.0.0.1", "http", 70_000), true));

        assertThat(registry.published().ports()).containsOnlyKeys(80);
        assertThat(registry.refused()).extracting(Object::toString).containsExactly("Service shop/catalog");
    }

    @Test
    void theLeastRecentlyUsedAreForgottenWhenTheyGrowTooLarge() throws Exception {
        Manifests first = new Manifests(CATALOG, false);
        WhatIfRegistry remembered = whatIfs.compile(first);
        Manifests[] large = new Manifests[4];
        for (int i = 0; i < large.length; i++) {
            large[i] = new Manifests(
                    "#".repeat(63).concat("\n").repeat(WhatIfs.MAX_REMEMBERED_CHARS / 4 / 64) + "#" + i + "\n" + OTHER,
                    false);
        }
        WhatIfRegistry forgotten = whatIfs.compile(large[0]);
        assertThat(whatIfs.compile(first)).isSameAs(remembered);
        for (Manifests manifests : List.of(large).subList(1, 4)) {
            whatIfs.compile(manifests);
        }

        assertThat(whatIfs.compile(first)).isSameAs(remembered);
        assertThat(whatIfs.compile(large[0])).isNotSameAs(forgotten);
    }

    @Test
    void aCompilationThatTakesTooLongIsGivenUp() {
        // Enough to read that it cannot be done before anybody has begun to wait for it.
        String many = IntStream.range(0, 2_000)
                .mapToObj(i -> service("shop", "service-" + i, "10.0." + i / 250 + "." + (i % 250 + 1), "http", 80))
                .collect(Collectors.joining("---\n"));
        try (WhatIfs impatient =
                new WhatIfs(new WhatIfCompiler(compiler, 1 << 24), () -> live, () -> published, Duration.ZERO)) {
            assertThatThrownBy(() -> impatient.compile(new Manifests(many, false)))
                    .isInstanceOf(WhatIfException.class)
                    .hasMessageContaining("not compiled in 0 ms");
        }
    }
}
