package io.signalbox.loadtest.e2e;

import io.signalbox.loadtest.harness.Mesh;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** What all end-to-end tests share. */
final class TestMesh {
    private TestMesh() {}

    /** A mesh for a test class, whose agent looks for leaks of buffers. */
    static Mesh create(Class<?> test) throws IOException {
        return Mesh.create(directory(test))
                .withAgentEnvironment(Map.of("SIGNALBOX_JAVA_OPTS", "-Dio.netty.leakDetection.level=paranoid"));
    }

    /** A mesh whose agent runs with the flags of production. */
    static Mesh createForMeasuring(Class<?> test) throws IOException {
        return Mesh.create(directory(test));
    }

    /** Where that test class keeps its files. */
    static Path directory(Class<?> test) {
        return Path.of("target", "e2e", test.getSimpleName()).toAbsolutePath();
    }

    /** Prints a figure into the test's report. */
    static void figure(String figure) {
        System.out.println("figure: " + figure);
    }
}
