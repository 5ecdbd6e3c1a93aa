package io.signalbox.agent.policy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PathNormalizerTest {
    @ParameterizedTest(name = "{0} -> {1}")
    @CsvSource({
        "/a/./b, /a/b",
        "/a/../b, /b",
        "/a/b/.., /a/",
        "/a/b/., /a/b/",
        "/a/b/../, /a/",
        "/.., /",
        "/., /",
        "/../../a, /a",
        "/a/../../b, /b",
        "/a//../b, /a/b",
        "/a/b//../../c, /a/c",
        "/a\\b, /a/b",
        "/a\\..\\b, /b",
        "\\a, /a",
        "/%2e%2E/a, /a",
        "/a/.%2e/b, /b",
        "/a/%2e/b, /a/b",
        "/a/../b?q=/../c, /b?q=/../c",
        "/a/..?q, /?q",
        "/a/.#f, /a/#f"
    })
    void resolvesDotSegmentsAndBackslashes(String path, String normal) {
        assertThat(PathNormalizer.normalize(path)).isEqualTo(normal);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/a/b",
                "//a//b/",
                "/a%2F..%2Fb",
                "/a/...",
                "/a/..b",
                "/.a",
                "/a.",
                "/%2",
                "/%2e%2e%2e",
                "/%41",
                "/a?x=\\..\\",
                "/a#/../b",
                "*",
                "/a/.%2"
            })
    void leavesNormalPathsTheSameObject(String path) {
        assertThat(PathNormalizer.normalize(path)).isSameAs(path);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/a/./b/../c", "/..\\../x//../y?z", "/a//../.", "/%2e./%2e%2e/a/.."})
    void isDoneAfterOnce(String path) {
        String once = PathNormalizer.normalize(path);
        assertThat(PathNormalizer.normalize(once)).isSameAs(once);
    }
}
