package io.signalbox.agent.testkit;

import io.signalbox.agent.model.CorsPolicy;
import io.signalbox.agent.model.Fault;
import io.signalbox.agent.model.HeaderOperations;
import io.signalbox.agent.model.HeaderOperations.Header;
import io.signalbox.agent.model.Mirror;
import io.signalbox.agent.model.PathMatch;
import io.signalbox.agent.model.RequestMatch;
import io.signalbox.agent.model.RetryCondition;
import io.signalbox.agent.model.RetryPolicy;
import io.signalbox.agent.model.Rewrite;
import io.signalbox.agent.model.Route;
import io.signalbox.agent.model.RouteAction;
import io.signalbox.agent.model.WeightedBackend;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A route in the making: a test sets what it is about. */
public final class RouteSpec {
    public @Nullable PathMatch path;
    public List<WeightedBackend> backends = List.of(WeightedBackend.of("web:80", 1));
    public @Nullable Rewrite rewrite;
    public int timeoutMillis;
    public @Nullable RetryPolicy retry = Snapshots.DEFAULT_RETRIES;
    public List<Mirror> mirrors = List.of();
    public @Nullable RouteAction action;
    public HeaderOperations requestHeaders = HeaderOperations.NONE;
    public HeaderOperations responseHeaders = HeaderOperations.NONE;
    public @Nullable Fault fault;
    public @Nullable CorsPolicy cors;

    /** Operations: {@code set x=1}, {@code add x=1}, {@code remove x}. */
    public static HeaderOperations operations(String... texts) {
        List<Header> set = new ArrayList<>();
        List<Header> add = new ArrayList<>();
        List<String> remove = new ArrayList<>();
        for (String text : texts) {
            String[] words = text.split("[ =]", 3);
            switch (words[0]) {
                case "set" -> set.add(new Header(words[1], words[2]));
                case "add" -> add.add(new Header(words[1], words[2]));
                case "remove" -> remove.add(words[1]);
                default -> throw new IllegalArgumentException(text);
            }
        }
        return new HeaderOperations(set, add, remove);
    }

    /** A policy whose back-off is short. */
    public static RetryPolicy retries(
            int attempts, int perTryTimeoutMillis, Set<Integer> statusCodes, RetryCondition... conditions) {
        return new RetryPolicy(
                attempts,
                perTryTimeoutMillis,
                Arrays.stream(conditions).collect(Collectors.toSet()),
                statusCodes,
                "",
                1,
                true,
                false);
    }

    /** The route. */
    public Route build() {
        RouteAction does = action;
        return new Route(
                null,
                path == null
                        ? List.of()
                        : List.of(new RequestMatch(
                                "", path, null, null, null, List.of(), List.of(), List.of(), Map.of())),
                does == null ? new RouteAction.Forward(backends, rewrite, timeoutMillis, retry, mirrors) : does,
                requestHeaders,
                responseHeaders,
                fault,
                cors);
    }
}
