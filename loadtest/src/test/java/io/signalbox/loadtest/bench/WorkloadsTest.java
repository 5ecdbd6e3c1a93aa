package io.signalbox.loadtest.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.signalbox.loadtest.bench.Workload.Suite;
import io.signalbox.loadtest.bench.bed.Candidate;
import io.signalbox.loadtest.bench.bed.Candidate.Program;
import io.signalbox.loadtest.bench.report.Requirement;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

class WorkloadsTest {
    @Test
    void namesAreUnique() {
        assertThat(Workloads.names()).doesNotHaveDuplicates();
    }

    @ParameterizedTest(name = "{0}")
    @FieldSource("io.signalbox.loadtest.bench.Workloads#ALL")
    void onlyCandidatesOfAWorkloadAreCompared(Workload workload) {
        List<String> names = workload.candidates().stream().map(Candidate::name).toList();

        assertThat(names).doesNotHaveDuplicates();
        assertThat(workload.comparisons())
                .allSatisfy(comparison -> assertThat(names).contains(comparison.of(), comparison.to()));
    }

    @ParameterizedTest(name = "{0}")
    @FieldSource("io.signalbox.loadtest.bench.report.Requirement#ALL")
    void theSuiteMustMeasuresEveryRequirement(Requirement requirement) {
        Optional<Workload> workload = Workloads.of(Suite.MUST).stream()
                .filter(candidate -> candidate.name().equals(requirement.workload()))
                .findFirst();

        assertThat(workload).isPresent();
        List<String> names = workload.orElseThrow().candidates().stream()
                .map(Candidate::name)
                .toList();
        assertThat(names).contains(requirement.of());
        Optional.ofNullable(requirement.to()).ifPresent(to -> assertThat(names).contains(to));
    }

    @Test
    void aPeerThatIsLeftOutIsNotComparedWith() {
        Workload http1 = Workloads.without(Workloads.ALL.getFirst(), EnumSet.of(Program.ENVOY, Program.NGHTTPX));

        assertThat(http1.candidates()).extracting(Candidate::name).containsExactly("agent", "haproxy", "nginx");
        assertThat(http1.comparisons())
                .extracting(Object::toString)
                .containsExactly("agent / haproxy", "agent / nginx");
    }
}
