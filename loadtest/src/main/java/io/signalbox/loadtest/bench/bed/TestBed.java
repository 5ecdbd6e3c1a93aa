package io.signalbox.loadtest.bench.bed;

import io.signalbox.loadtest.harness.Mesh;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Contenders that run side by side in front of the same backends. */
public final class TestBed implements AutoCloseable {
    private final Path directory;
    private final Programs programs;
    private final Agents agents;
    private final List<Contender> contenders;
    private final int backends;

    private TestBed(Path directory, Programs programs, Agents agents, List<Contender> contenders, int backends) {
        this.directory = directory;
        this.programs = programs;
        this.agents = agents;
        this.contenders = contenders;
        this.backends = backends;
    }

    /** Starts backends and candidates; returns when all of them listen. */
    public static TestBed start(Setting setting, Shape shape, List<Candidate> candidates, Tools tools)
            throws IOException {
        Path directory = Files.createTempDirectory("signalbox-bench-");
        Programs programs = new Programs(directory);
        try {
            Backends backends = Backends.start(setting, shape.bytes(), directory, programs);
            Agents agents = new Agents(directory, backends, candidates);
            List<Contender> contenders = new ArrayList<>();
            TestBed bed = new TestBed(
                    directory,
                    programs,
                    agents,
                    contenders,
                    backends.addresses().size());
            try {
                Peers peers = new Peers(directory, programs, tools, backends);
                for (Candidate candidate : candidates) {
                    contenders.add(
                            candidate.program() == Candidate.Program.AGENT
                                    ? agents.start(candidate)
                                    : peers.start(candidate));
                }
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

    /** Those who are measured, in the order of their candidates. */
    public List<Contender> contenders() {
        return List.copyOf(contenders);
    }

    /** How many backends there are. */
    public int backends() {
        return backends;
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
        try {
            Mesh.deleteTree(directory);
        } catch (IOException e) {
            System.err.println("bench: " + directory + " cannot be deleted: " + e);
        }
    }
}
