package io.signalbox.configservice.source.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.client.Client;
import io.signalbox.configservice.registry.Namespace;
import io.signalbox.configservice.registry.ObjectRef;
import io.signalbox.configservice.source.RegistrySource;
import io.signalbox.configservice.source.SourceChange;
import io.signalbox.configservice.source.SourceStatus;
import io.signalbox.configservice.source.manifest.ManifestReader;
import io.signalbox.configservice.source.manifest.ResourceKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Declarations from the API server of a cluster. An object is one unit, named by its resource, namespace and name.
 *
 * <p>Every kind is followed by itself. A kind that is not defined is waited for; one that may not be read, or a server
 * that is away, is a problem, and what was known stays. The first {@link #read} waits until every kind that exists was
 * listed once; kinds that come with a cluster must have been, rules may be forbidden.
 */
public final class KubernetesSource implements RegistrySource {
    private final List<ResourceWatch> watches = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final Changes changes = new Changes();
    private final CountDownLatch unsynced;
    private volatile @Nullable Runnable onChange;

    /**
     * A source; asks nobody yet.
     *
     * @param client how to reach the API server; stays the caller's to close
     * @param namespaces the only ones that are looked at; empty: all. Of kinds without a namespace, Namespaces are
     *     limited to these and Nodes are not
     * @param nanoClock elapsed time in nanoseconds
     */
    public KubernetesSource(Client client, List<String> namespaces, Pace pace, LongSupplier nanoClock) {
        ApiServer api = new ApiServer(client, pace);
        List<String> places = namespaces.isEmpty() ? List.of("") : namespaces;
        SplittableRandom random = new SplittableRandom();
        ResourceWatch.Observer observer = new ResourceWatch.Observer() {
            @Override
            public void onChange() {
                signal();
            }

            @Override
            public void onFirstSync() {
                unsynced().countDown();
            }
        };
        for (ResourceKind kind : ManifestReader.kinds()) {
            Predicate<JsonNode> wanted = kind.kind().equals(Namespace.KIND) && !namespaces.isEmpty()
                    ? object -> namespaces.contains(
                            object.path("metadata").path("name").asText(""))
                    : _ -> true;
            for (String place : kind.namespaced() ? places : List.of("")) {
                watches.add(new ResourceWatch(
                        kind, place, wanted, api, changes, pace, random.split(), nanoClock, observer));
            }
        }
        unsynced = new CountDownLatch(watches.size());
    }

    private CountDownLatch unsynced() {
        return unsynced;
    }

    private void signal() {
        Runnable told = onChange;
        if (told != null) {
            told.run();
        }
    }

    @Override
    public void start(Runnable newOnChange) {
        onChange = newOnChange;
        for (ResourceWatch watch : watches) {
            threads.add(Thread.ofVirtual().name("registry-watch").start(watch));
        }
    }

    @Override
    public SourceChange read() throws InterruptedException {
        unsynced.await();
        return changes.take(watches.stream()
                .map(ResourceWatch::problem)
                .flatMap(Optional::stream)
                .toList());
    }

    /** Where the API server has an object, such as {@code api/v1/namespaces/shop/services/cart}; empty: nowhere. */
    public Optional<String> path(ObjectRef ref) {
        return watches.stream().flatMap(watch -> watch.path(ref).stream()).findFirst();
    }

    @Override
    public SourceStatus status() {
        List<SourceStatus.Part> parts =
                watches.stream().map(ResourceWatch::part).toList();
        return new SourceStatus(
                "kubernetes",
                unsynced.getCount() == 0,
                parts.stream().anyMatch(part -> part.state() == SourceStatus.State.FAILING),
                parts);
    }

    @Override
    public void close() {
        onChange = null;
        threads.forEach(Thread::interrupt);
    }
}
