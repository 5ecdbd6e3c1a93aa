package io.signalbox.agent.routing;

import com.google.re2j.Pattern;
import io.signalbox.agent.model.HostPattern;
import io.signalbox.agent.model.NamedMatch;
import io.signalbox.agent.model.PathMatch;
import io.signalbox.agent.model.Route;
import io.signalbox.agent.testkit.Snapshots;
import io.signalbox.agent.testkit.Tables;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** From a request's Host value and path to the route that takes it, among many. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RouteMatchBenchmark {
    /** As many requests in turn as a table of any size has them, so that all sizes go equally through the caches. */
    private static final int REQUESTS = 1_000;

    /** What there are many of, and how many. */
    @Param({
        "exact-10",
        "exact-1000",
        "exact-10000",
        "prefix-10",
        "prefix-1000",
        "prefix-10000",
        "header-10",
        "header-1000",
        "regex-10",
        "hosts-10",
        "hosts-5000"
    })
    public String table = "prefix-10";

    private Router router = Router.of(null, Snapshots.address("10.9.9.9"), Tables.anyone());
    private Request[] requests = {};
    private int next;

    /** A request whose parts are there already, as they are on a connection. */
    private record Request(String authority, String path, String header) implements RequestAttributes {
        @Override
        public CharSequence method() {
            return "GET";
        }

        @Override
        public @Nullable CharSequence query() {
            return null;
        }

        @Override
        public CharSequence scheme() {
            return "http";
        }

        @Override
        public @Nullable CharSequence header(String lowerCaseName) {
            return lowerCaseName.equals("x-version") ? header : null;
        }
    }

    /** Builds the table. */
    @Setup
    public void build() {
        String kind = table.substring(0, table.indexOf('-'));
        int count = Integer.parseInt(table.substring(table.indexOf('-') + 1));
        Tables tables = new Tables();
        if (kind.equals("hosts")) {
            for (int i = 0; i < count; i++) {
                tables.host(host(i), HostPattern.of(host(i)));
            }
        } else {
            tables.host("h", null, routes(tables, kind, count), HostPattern.of(host(0)));
        }
        router = Router.of(tables.build(), Snapshots.address("10.9.9.9"), Tables.anyone());
        requests = new Request[REQUESTS];
        for (int i = 0; i < REQUESTS; i++) {
            // A prime's multiples go through all routes without order.
            int asked = (int) (i * 7_919L % count);
            requests[i] =
                    new Request(kind.equals("hosts") ? host(asked) : host(0), path(asked) + "/items", "v" + asked);
            if (!router.request(requests[i]).kind().equals(RequestDecision.Kind.FORWARD)) {
                throw new IllegalStateException(requests[i] + ": no route (expected: one)");
            }
        }
    }

    private static String host(int number) {
        return "service-" + number + ".shop.svc.cluster.local";
    }

    private static String path(int number) {
        return "/api/v" + number % 7 + "/area-" + number / 50 + "/resource-" + number;
    }

    private static List<Route> routes(Tables tables, String kind, int count) {
        IntFunction<Route> route = number -> switch (kind) {
            case "exact" -> tables.route("r", Tables.path(new PathMatch.Exact(path(number) + "/items", false)));
            case "prefix" -> tables.route("r", Tables.path(new PathMatch.SegmentPrefix(path(number))));
            case "header" -> tables.route("r", Tables.headers(new NamedMatch("x-version", Tables.text("=v" + number))));
            case "regex" -> tables.route("r", Tables.path(new PathMatch.Regex(Pattern.compile(path(number) + "/.*"))));
            default -> throw new IllegalArgumentException(kind);
        };
        List<Route> routes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            routes.add(route.apply(i));
        }
        return routes;
    }

    /** One request after the other. */
    @Benchmark
    public RequestDecision match() {
        next = next + 1 == REQUESTS ? 0 : next + 1;
        return router.request(requests[next]);
    }
}
