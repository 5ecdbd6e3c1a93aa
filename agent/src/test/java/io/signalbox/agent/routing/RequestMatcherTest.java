package io.signalbox.agent.routing;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.re2j.Pattern;
import io.signalbox.agent.model.Caller;
import io.signalbox.agent.model.HostPattern;
import io.signalbox.agent.model.NamedMatch;
import io.signalbox.agent.model.PathMatch;
import io.signalbox.agent.model.RequestMatch;
import io.signalbox.agent.model.Route;
import io.signalbox.agent.model.StringMatch;
import io.signalbox.agent.testkit.Snapshots;
import io.signalbox.agent.testkit.Tables;
import io.signalbox.agent.testkit.TestRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequestMatcherTest {
    private static PathMatch path(String written) {
        String rest = written.substring(1);
        return switch (written.charAt(0)) {
            case '=' -> new PathMatch.Exact(rest, false);
            case '!' -> new PathMatch.Exact(rest, true);
            case '^' -> new PathMatch.Prefix(rest, false);
            case '?' -> new PathMatch.Prefix(rest, true);
            case '%' -> new PathMatch.SegmentPrefix(rest);
            case '~' -> new PathMatch.Regex(Pattern.compile(rest));
            default -> throw new IllegalArgumentException(written);
        };
    }

    private static boolean fulfils(RequestMatch match, TestRequest request) {
        Tables tables = new Tables();
        PortTable table = tables.host("h", null, List.of(tables.route("r", match)), HostPattern.of("h"))
                .build();
        RequestDecision decision =
                Router.of(table, Snapshots.address("10.0.0.1"), Tables.anyone()).request(request);
        return decision.kind() == RequestDecision.Kind.FORWARD;
    }

    @ParameterizedTest(name = "{0} takes {1}: {2}")
    @CsvSource(textBlock = """
            =/a,        /a,          true
            =/a,        /a/,         false
            =/a,        /A,          false
            =/a,        /a?x=1,      true
            !/Cart,     /cART,       true
            ^/cart,     /cartoon,    true
            ^/cart,     /car,        false
            ^/cart,     /Cart,       false
            ^'',        /,           true
            ?/cart,     /CARToon,    true
            %/cart,     /cart,       true
            %/cart,     /cart/,      true
            %/cart,     /cart/x,     true
            %/cart,     /cartoon,    false
            %'',        /x,          true
            ~/a+,       /aaa,        true
            ~/a+,       /aaab,       false
            ~/a+,       x/aaa,       false
            """)
    void paths(String condition, String target, boolean expected) {
        String written = condition.replace("''", "");
        assertThat(fulfils(Tables.path(path(written)), TestRequest.get("h", target)))
                .isEqualTo(expected);
        assertThat(RequestMatcher.path(
                        path(written), TestRequest.get("h", target).path()))
                .isEqualTo(expected);
    }

    @ParameterizedTest(name = "header x {0} with {1}: {2}, without: {3}")
    @CsvSource(nullValues = "absent", textBlock = """
            =a,     a,      true,   false
            =a,     A,      false,  true
            =a,     'a,b',  false,  true
            =a,     absent, false,  true
            ='',    absent, false,  false
            ='',    '',     true,   false
            ^a,     ab,     true,   false
            ^a,     absent, false,  true
            ~a|b,   b,      true,   false
            ~a|b,   ab,     false,  true
            ~.*,    absent, false,  false
            *,      '',     true,   false
            *,      x,      true,   false
            *,      absent, false,  true
            """)
    void headers(String condition, @Nullable String value, boolean expected, boolean negated) {
        NamedMatch match = new NamedMatch("x", Tables.text(condition.replace("''", "")));
        TestRequest request = TestRequest.get("h", "/");
        TestRequest asked = value == null ? request : request.with("x", value);
        assertThat(fulfils(Tables.headers(match), asked)).isEqualTo(expected);
        assertThat(fulfils(
                        new RequestMatch("", null, null, null, null, List.of(), List.of(match), List.of(), Map.of()),
                        asked))
                .isEqualTo(negated);
    }

    @ParameterizedTest(name = "{0} {1} in {2}: {3}")
    @CsvSource(textBlock = """
            k,  =v,   /?k=v,          true
            k,  =v,   /?k=w&k=v,      false
            k,  =v,   /?a=b&k=v&c=d,  true
            k,  =v,   /?kk=v,         false
            k,  =v,   /?K=v,          false
            k,  =v,   /?k=%76,        false
            k,  ='',  /?k,            true
            k,  ='',  /?k=,           true
            k,  ='',  /?a&k&b,        true
            k,  ='',  /?k=x,          false
            k,  *,    /?k,            true
            k,  *,    /?kx,           false
            k,  *,    /,              false
            k,  *,    /?,             false
            k,  ^a,   /?k=ab=c,       true
            k,  ~a.*, /?k=ab&c,       true
            k,  ~a,   /?k=ab,         false
            """)
    void queryParameters(String name, String condition, String target, boolean expected) {
        NamedMatch match = new NamedMatch(name, Tables.text(condition.replace("''", "")));
        assertThat(fulfils(
                        new RequestMatch("", null, null, null, null, List.of(), List.of(), List.of(match), Map.of()),
                        TestRequest.get("h", target)))
                .isEqualTo(expected);
    }

    @ParameterizedTest(name = "{0} {1} {2} for {3} {4} {5}: {6}")
    @CsvSource(nullValues = "any", textBlock = """
            =GET, any,    any,     GET,  http,  h,    true
            =GET, any,    any,     get,  http,  h,    false
            ^P,   any,    any,     POST, http,  h,    true
            any,  =https, any,     GET,  http,  h,    false
            any,  =http,  any,     GET,  http,  h,    true
            any,  any,    =h:80,   GET,  http,  h:80, true
            any,  any,    =h,      GET,  http,  h:80, false
            any,  any,    =h,      GET,  http,  H,    false
            =GET, =http,  =h,      GET,  http,  h,    true
            """)
    void methodSchemeAndAuthorityAreRaw(
            @Nullable String method,
            @Nullable String scheme,
            @Nullable String authority,
            String actualMethod,
            String actualScheme,
            String actualAuthority,
            boolean expected) {
        RequestMatch match = new RequestMatch(
                "", null, text(method), text(scheme), text(authority), List.of(), List.of(), List.of(), Map.of());
        assertThat(fulfils(match, new TestRequest(actualMethod, actualAuthority, "/", actualScheme, Map.of())))
                .isEqualTo(expected);
    }

    private static @Nullable StringMatch text(@Nullable String written) {
        return written == null ? null : Tables.text(written);
    }

    @Test
    void theFirstRouteThatFitsDecidesAndOneOfItsMatchesIsEnough() {
        Tables tables = new Tables();
        PortTable table = tables.host(
                        "h",
                        null,
                        List.of(
                                tables.route("first", Tables.path(path("=/x")), Tables.path(path("=/y"))),
                                tables.route("labelled", Tables.match(path("^/"), Map.of("app", "a"))),
                                tables.route("second", Tables.path(path("^/y"))),
                                tables.route("rest")),
                        HostPattern.of("h"))
                .build();
        assertThat(rule(table, Tables.anyone(), "/y")).isEqualTo("first");
        assertThat(rule(table, Tables.anyone(), "/yy")).isEqualTo("second");
        assertThat(rule(table, Tables.caller("", Map.of("app", "a")), "/yy")).isEqualTo("labelled");
        assertThat(rule(table, Tables.anyone(), "/z")).isEqualTo("rest");
    }

    private static String rule(PortTable table, Caller caller, String target) {
        RouteMatch match = Router.of(table, Snapshots.address("10.0.0.1"), caller)
                .request(TestRequest.get("h", target))
                .match();
        return match == null || match.route().rule() == null
                ? "none"
                : match.route().rule().route();
    }

    @Test
    void theIndexFindsWhatTryingOneByOneFinds() {
        Random random = new Random(17);
        for (int round = 0; round < 300; round++) {
            Tables tables = new Tables();
            List<Route> routes = new ArrayList<>();
            int count = random.nextInt(30);
            for (int i = 0; i < count; i++) {
                routes.add(randomRoute(tables, "r" + i, random));
            }
            PortTable table =
                    tables.host("h", null, routes, HostPattern.of("h")).build();
            PreparedVirtualHost host = table.virtualHost(0);
            for (int i = 0; i < 60; i++) {
                TestRequest request = TestRequest.get("h", randomPath(random) + (random.nextBoolean() ? "?k=v" : ""))
                        .with("x", random.nextBoolean() ? "1" : "2");
                Caller caller = Tables.caller("", random.nextBoolean() ? Map.of("app", "a") : Map.of());
                assertThat(host.find(request, caller)).isSameAs(oneByOne(host, request, caller));
            }
        }
    }

    private static @Nullable RouteMatch oneByOne(PreparedVirtualHost host, TestRequest request, Caller caller) {
        for (RouteMatch match : host.matches()) {
            if ((match.path() == null || RequestMatcher.path(match.path(), request.path()))
                    && match.matchesBesidesPath(request, caller)) {
                return match;
            }
        }
        return null;
    }

    private static Route randomRoute(Tables tables, String name, Random random) {
        RequestMatch[] matches = new RequestMatch[random.nextInt(12) == 0 ? 0 : 1 + random.nextInt(2)];
        for (int i = 0; i < matches.length; i++) {
            String segments = randomPath(random);
            PathMatch path = switch (random.nextInt(8)) {
                case 0 -> null;
                case 1, 2 -> new PathMatch.Exact(segments, random.nextBoolean());
                case 3, 4 -> new PathMatch.Prefix(segments, random.nextBoolean());
                case 5, 6 -> new PathMatch.SegmentPrefix(segments.equals("/") ? "" : segments);
                default -> new PathMatch.Regex(Pattern.compile(segments + ".*"));
            };
            List<NamedMatch> headers =
                    random.nextInt(3) == 0 ? List.of(new NamedMatch("x", Tables.text("=1"))) : List.of();
            Map<String, String> labels = random.nextInt(5) == 0 ? Map.of("app", "a") : Map.of();
            matches[i] = new RequestMatch("", path, null, null, null, headers, List.of(), List.of(), labels);
        }
        return tables.route(name, matches);
    }

    private static String randomPath(Random random) {
        StringBuilder path = new StringBuilder("/");
        int segments = random.nextInt(4);
        for (int i = 0; i < segments; i++) {
            path.append(i == 0 ? "" : "/").append("aAb".charAt(random.nextInt(3)));
            if (random.nextBoolean()) {
                path.append("ab".charAt(random.nextInt(2)));
            }
        }
        return path.toString();
    }
}
