package io.signalbox.agent.policy;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.re2j.Pattern;
import io.signalbox.agent.model.PathMatch;
import io.signalbox.agent.model.Rewrite.PathRewrite;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RewritesTest {
    @ParameterizedTest(name = "{2}: {0} -> {1} = {3}")
    @CsvSource({
        "/api/, /, /api/v2/items?x=1, /v2/items?x=1",
        "/naive, /, /naive/items, //items",
        "/naive, /, /naively, /ly",
        "/naive, /, /naive?a=/naive, /?a=/naive",
        "/, /v1/, /a, /v1/a"
    })
    void replacesATextPrefix(String prefix, String replacement, String path, String expected) {
        assertThat(Rewrites.path(new PathRewrite.Prefix(replacement), new PathMatch.Prefix(prefix, false), path))
                .isEqualTo(expected);
    }

    @ParameterizedTest(name = "{2}: {0} -> {1} = {3}")
    @CsvSource({
        "/foo, /xyz, /foo/bar, /xyz/bar",
        "/foo, /xyz/, /foo/bar, /xyz/bar",
        "/foo, /xyz, /foo, /xyz",
        "/foo, /xyz/, /foo, /xyz/",
        "/foo, /xyz, /foo/, /xyz/",
        "/foo, '', /foo/bar, /bar",
        "/foo, '', /foo/, /",
        "/foo, '', /foo, /",
        "/foo, /, /foo/bar, /bar",
        "/foo, /, /foo?q, /?q",
        "'', /x, /a/b, /x/a/b"
    })
    void replacesAPrefixOfSegments(String prefix, String replacement, String path, String expected) {
        assertThat(Rewrites.path(new PathRewrite.Prefix(replacement), new PathMatch.SegmentPrefix(prefix), path))
                .isEqualTo(expected);
    }

    @Test
    void replacesTheWholePathAfterAnExactOrRegexMatch() {
        PathRewrite rewrite = new PathRewrite.Prefix("/new");
        assertThat(Rewrites.path(rewrite, new PathMatch.Exact("/ping", false), "/ping?v=1"))
                .isEqualTo("/new?v=1");
        assertThat(Rewrites.path(rewrite, new PathMatch.Regex(Pattern.compile("/f/.*")), "/f/a/b"))
                .isEqualTo("/new");
        assertThat(Rewrites.path(new PathRewrite.Full("/all"), null, "/x/y?z")).isEqualTo("/all?z");
    }

    @Test
    void replacesTheFirstSlashWithoutAMatch() {
        assertThat(Rewrites.path(new PathRewrite.Prefix("/v1/"), null, "/a?b")).isEqualTo("/v1/a?b");
    }

    @ParameterizedTest(name = "{0} {1} {2}")
    @CsvSource({
        "^/u/([^/]+)/(.*)$, '/users/\\1/files/\\2', /u/ada/inbox/3?sort=asc, /users/ada/files/inbox/3?sort=asc",
        "a, b, /a/a?a, /b/b?a",
        "(x)(y)?, '<\\1\\2\\0>', /x, /<x x>",
        "o, '$1\\\\', /o, /$1\\",
        "/+, /, //a///b, /a/b",
        "nothing, x, /a, /a"
    })
    void substitutesEveryMatch(String pattern, String substitution, String path, String expected) {
        PathRewrite rewrite = new PathRewrite.Regex(Pattern.compile(pattern), substitution);
        assertThat(Rewrites.path(rewrite, null, path)).isEqualTo(expected.replace(" ", ""));
    }
}
