package io.signalbox.configservice.source.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import io.signalbox.configservice.kubernetes.ApiFailure;
import io.signalbox.configservice.registry.ObjectRef;
import io.signalbox.configservice.registry.Problem;
import io.signalbox.configservice.registry.Provenance;
import io.signalbox.configservice.source.SourceStatus;
import io.signalbox.configservice.source.manifest.ResourceKind;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows one kind of objects, in one namespace or in all, for as long as its thread runs: waits until the kind is
 * defined, lists it, watches it. What was known stays whatever fails.
 */
final class ResourceWatch implements Runnable {
    private static final Logger log = LoggerFactory.getLogger(ResourceWatch.class);

    /**
     * A watch that ends sooner counts as a failure, so that a server that always ends them is not asked without end.
     */
    private static final Duration SHORT = Duration.ofSeconds(1);

    /** Is told, by any thread. */
    interface Observer {
        /** Objects or problems may be others than before. */
        void onChange();

        /** The kind is known for the first time, or is known to be missing. Once. */
        void onFirstSync();
    }

    /**
     * How it is going.
     *
     * @param problem for people; empty: none
     */
    private record Standing(SourceStatus.State state, int code, String problem) {}

    private final ResourceKind kind;
    private final String namespace;
    private final Predicate<JsonNode> wanted;
    private final ApiServer api;
    private final Units units;
    private final Pace pace;
    private final Backoff backoff;
    private final LongSupplier nanoClock;
    private final Observer observer;
    private volatile Standing standing = new Standing(SourceStatus.State.LOADING, ApiFailure.NO_ANSWER, "");
    private volatile @Nullable Long lastContact;
    private volatile String resourceVersion = "";
    private volatile String collection = "";
    private volatile boolean synced;

    /**
     * A watch; asks nobody before it runs.
     *
     * @param namespace empty: all, or a kind without namespaces
     * @param wanted which objects count
     */
    ResourceWatch(
            ResourceKind kind,
            String namespace,
            Predicate<JsonNode> wanted,
            ApiServer api,
            Changes changes,
            Pace pace,
            RandomGenerator random,
            LongSupplier nanoClock,
            Observer observer) {
        this.kind = kind;
        this.namespace = namespace;
        this.wanted = wanted;
        this.api = api;
        this.units = new Units(kind, changes);
        this.pace = pace;
        this.backoff = new Backoff(pace, random);
        this.nanoClock = nanoClock;
        this.observer = observer;
    }

    @Override
    public void run() {
        try {
            while (true) {
                try {
                    followOnce();
                } catch (ApiFailure e) {
                    fail(e);
                    Thread.sleep(backoff.next());
                } catch (RuntimeException e) {
                    log.error("{} not followed, what is known stays in force; this is a bug", name(), e);
                    fail(new ApiFailure(ApiFailure.NO_ANSWER, e.toString()));
                    Thread.sleep(backoff.next());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Lists and watches until the list has to be made anew. */
    private void followOnce() throws ApiFailure, InterruptedException {
        Optional<String> version = api.servedVersion(kind);
        if (version.isEmpty()) {
            units.retain(Set.of());
            collection = "";
            become(SourceStatus.State.ABSENT);
            Thread.sleep(backoff.jittered(pace.absentInterval()));
            return;
        }
        String apiVersion = kind.apiVersion(version.get());
        String path = path(apiVersion);
        collection = path;
        list(path, apiVersion);
        become(SourceStatus.State.SYNCED);
        watch(path, apiVersion);
    }

    private String path(String apiVersion) {
        return (kind.group().isEmpty() ? "api/" : "apis/") + apiVersion + "/"
                + (namespace.isEmpty() ? "" : "namespaces/" + namespace + "/") + kind.plural();
    }

    private void list(String path, String apiVersion) throws ApiFailure, InterruptedException {
        Set<String> present = new HashSet<>();
        String next = "";
        do {
            ApiServer.Page page = api.list(path, next, object -> {
                if (wanted.test(object)) {
                    present.add(units.put(object, apiVersion));
                }
            });
            contact();
            observer.onChange();
            resourceVersion = page.resourceVersion();
            next = page.next();
        } while (!next.isEmpty());
        units.retain(present);
        observer.onChange();
    }

    /** Watches from where the list or the last watch ended; returns when the server does not remember that any more. */
    private void watch(String path, String apiVersion) throws ApiFailure, InterruptedException {
        boolean failedBefore = false;
        while (true) {
            long begin = nanoClock.getAsLong();
            try {
                api.watch(
                        path,
                        resourceVersion,
                        () -> become(SourceStatus.State.SYNCED),
                        event -> hear(event, apiVersion));
                if (nanoClock.getAsLong() - begin > SHORT.toNanos()) {
                    backoff.reset();
                } else {
                    Thread.sleep(backoff.next());
                }
                failedBefore = false;
            } catch (ApiFailure e) {
                if (e.code() == ApiFailure.GONE) {
                    log.info("{} listed anew: reason={}", name(), e.reason());
                    return;
                }
                boolean lasted = nanoClock.getAsLong() - begin > SHORT.toNanos();
                if (failedBefore && !lasted) {
                    throw e;
                }
                failedBefore = true;
                fail(e);
                Thread.sleep(backoff.next());
            }
        }
    }

    private void hear(WatchEvent event, String apiVersion) {
        contact();
        String version = event.resourceVersion();
        if (!version.isEmpty()) {
            resourceVersion = version;
        }
        if (event.type() == WatchEvent.Type.BOOKMARK || !wanted.test(event.object())) {
            return;
        }
        if (event.type() == WatchEvent.Type.DELETED) {
            units.remove(event.object());
        } else {
            units.put(event.object(), apiVersion);
        }
        observer.onChange();
    }

    private void contact() {
        lastContact = nanoClock.getAsLong();
    }

    private void become(SourceStatus.State state) {
        contact();
        Standing before = standing;
        standing = new Standing(state, ApiFailure.NO_ANSWER, "");
        if (before.state() != state) {
            log.info(
                    "{} {}: objects={}",
                    name(),
                    state == SourceStatus.State.ABSENT ? "not defined" : "synced",
                    units.size());
            observer.onChange();
        }
        firstSync();
    }

    private void fail(ApiFailure failure) {
        Standing before = standing;
        String problem = describe(failure);
        standing = new Standing(SourceStatus.State.FAILING, failure.code(), problem);
        if (!standing.equals(before)) {
            log.warn("{}", problem);
            observer.onChange();
        }
        // A cluster may keep a kind of rules from us for good; without services there is nothing to serve.
        if (failure.code() == ApiFailure.FORBIDDEN && !kind.builtIn()) {
            firstSync();
        }
    }

    private void firstSync() {
        if (!synced) {
            synced = true;
            observer.onFirstSync();
        }
    }

    private String describe(ApiFailure failure) {
        String consequence = synced ? "; what was known of them stays in force" : "";
        if (failure.code() == ApiFailure.FORBIDDEN) {
            return name() + " may not be read: " + failure.reason() + "; allow the service account to list and watch "
                    + kind.resource() + (namespace.isEmpty() ? "" : " in namespace " + namespace) + consequence;
        }
        return name() + " cannot be followed: " + failure.reason() + consequence;
    }

    private String name() {
        return namespace.isEmpty() ? kind.resource() : kind.resource() + " in " + namespace;
    }

    /** Where the API server has an object; empty when this does not follow it, or its kind is not served. */
    Optional<String> path(ObjectRef ref) {
        String at = collection;
        boolean followed = ref.kind().equals(kind.kind()) && (namespace.isEmpty() || namespace.equals(ref.namespace()));
        if (!followed || at.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                kind.namespaced() && namespace.isEmpty()
                        ? at.substring(0, at.length() - kind.plural().length()) + "namespaces/" + ref.namespace() + "/"
                                + kind.plural() + "/" + ref.name()
                        : at + "/" + ref.name());
    }

    /** How it is going, for people. */
    SourceStatus.Part part() {
        Standing now = standing;
        Long contact = lastContact;
        return new SourceStatus.Part(
                name(),
                now.state(),
                units.size(),
                contact == null
                        ? Optional.empty()
                        : Optional.of(Duration.ofNanos(Math.max(0, nanoClock.getAsLong() - contact))),
                now.problem());
    }

    /** What is wrong, for the list of all findings. */
    Optional<Problem> problem() {
        Standing now = standing;
        return now.problem().isEmpty()
                ? Optional.empty()
                : Optional.of(new Problem(
                        now.code() == ApiFailure.FORBIDDEN ? Problem.Severity.ERROR : Problem.Severity.WARNING,
                        new Provenance(kind.resource(), 0, 0),
                        new ObjectRef("", "", ""),
                        "",
                        now.problem()));
    }
}
