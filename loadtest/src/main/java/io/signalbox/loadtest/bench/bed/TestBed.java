package io.signalbox.loadtest.bench.bed;

import io.signalbox.loadtest.harness.Mesh;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Contenders that run side by side in front of the same backends. */
public final class TestBed implements AutoCloseable {
    private final Setting setting;
    private final Path directory;
    private final Programs programs;
    private final Backends backends;
    private final Agents agents;
    private final List<Contender> contenders = new ArrayList<>();

    private TestBed(Setting setting, Path directory, Programs programs, Backends backends, Agents agents) {
        this.setting = setting;
        this.directory = directory;
        this.programs = programs;
        this.backends = backends;
        this.agents = agents;
    }

    /** Starts backends and candidates; returns when all of them listen. */
    public static TestBed start(Setting setting, Shape shape, List<Candidate> candidates, Tools tools)
            throws IOException {
        Path directory = Files.createTempDirectory("signalbox-bench-");
        Programs programs = new Programs(directory);
        try {
            Backends backends = Backends.start(setting, shape.bytes(), directory, programs);
            TestBed bed =
                    new TestBed(setting, directory, programs, backends, new Agents(directory, backends, candidates));
            try {
                bed.start(candidates, new Peers(directory, programs, tools, backends));
                return bed;
            } catch (IOException | RuntimeException e) {
                bed.close();
                throw e;
            }
        } catch (IOException | RuntimeException e) {
            programs.close();
            throw e;
        }
    }

    private void start(List<Candidate> candidates, Peers peers) throws IOException {
        for (Candidate candidate : candidates) {
            contenders.add(
                    candidate.program() == Candidate.Program.AGENT ? agents.start(candidate) : peers.start(candidate));
        }
    }

    /** Those who are measured, in the order of their candidates. */
    public List<Contender> contenders() {
        return List.copyOf(contenders);
    }

    /** How many backends there are. */
    public int backends() {
        return backends.addresses().size();
    }

    /** The part of all requests that each backend gets at least, sent one after the other to whomever. */
    public double leastShare() {
        return switch (setting.backends()) {
            case FAST, TLS -> 0.5 / backends();
            // Balancers that draw at random do not promise more.
            case LONG_TAILED -> 0.01;
        };
    }

    /** Where files of a run may be put; deleted with the rest. */
    public Path directory() {
        return directory;
    }

    /** Fails unless everything that was to happen beside the measurement did. */
    public void verifyActivities() throws IOException {
        agents.verifyTraces();
    }

    @Override
    public void close() {
        agents.close();
        programs.close();
        backends.close();
        try {
            Mesh.deleteTree(directory);
        } catch (IOException e) {
            System.err.println("bench: " + directory + " cannot be deleted: " + e);
        }
    }
}
