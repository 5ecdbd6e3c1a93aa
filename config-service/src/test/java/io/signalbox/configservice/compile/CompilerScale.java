package io.signalbox.configservice.compile;

import io.signalbox.configservice.registry.CallerMatch;
import io.signalbox.configservice.registry.Capture;
import io.signalbox.configservice.registry.Declared;
import io.signalbox.configservice.registry.Destination;
import io.signalbox.configservice.registry.DestinationRule;
import io.signalbox.configservice.registry.EndpointSlice;
import io.signalbox.configservice.registry.Headers;
import io.signalbox.configservice.registry.HttpMatch;
import io.signalbox.configservice.registry.IpAddress;
import io.signalbox.configservice.registry.ObjectMeta;
import io.signalbox.configservice.registry.Pod;
import io.signalbox.configservice.registry.Provenance;
import io.signalbox.configservice.registry.Registry;
import io.signalbox.configservice.registry.RegistryObject;
import io.signalbox.configservice.registry.Revision;
import io.signalbox.configservice.registry.RouteDestination;
import io.signalbox.configservice.registry.Service;
import io.signalbox.configservice.registry.StringMatch;
import io.signalbox.configservice.registry.Transport;
import io.signalbox.configservice.registry.VirtualService;
import io.signalbox.configservice.wire.SnapshotStore;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Prints how long a large registry takes: 5,000 services with 50,000 pods, 500 VirtualServices and 500
 * DestinationRules, cold, then one slice and one VirtualService after the other. A program to run by hand; nothing
 * depends on its times.
 */
public final class CompilerScale {
    private static final int SERVICES = 5_000;
    private static final int ENDPOINTS = 10;
    private static final int RULES = 500;
    private static final int NAMESPACES = 50;
    private static final int NODES = 500;
    private static final int CHANGES = 200;
    private static final int[] PORTS = {80, 8080, 9090, 6379, 443};
    private static final String[] PORT_NAMES = {"http", "http", "grpc", "tcp", "tls"};

    private CompilerScale() {}

    /** Runs three times, so that the last has a warm machine. */
    public static void main(String[] args) {
        for (int run = 0; run < 3; run++) {
            run();
        }
    }

    private static void run() {
        Compiler compiler = new Compiler("cluster.local");
        SnapshotStore store = new SnapshotStore();
        Registry registry = new Registry(new Revision(1), objects());
        long begin = System.nanoTime();
        Compilation compilation = compiler.compile(Compilation.EMPTY, registry);
        long compiled = System.nanoTime();
        store.publish(compilation.snapshot());
        long published = System.nanoTime();
        System.out.printf(
                "cold: compile %d ms, encode %d ms%n", millis(compiled - begin), millis(published - compiled));

        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long[] times = new long[CHANGES];
        for (int i = 0; i < CHANGES; i++) {
            EndpointSlice changed = slice((i * 37) % SERVICES, i + 1);
            registry = registry.with(new Revision(i + 2), List.of(declared(changed)), List.of());
            begin = threads.getCurrentThreadCpuTime();
            compilation = compiler.compile(compilation, registry);
            store.publish(compilation.snapshot());
            times[i] = threads.getCurrentThreadCpuTime() - begin;
        }
        Arrays.sort(times);
        System.out.printf(
                "one slice: CPU to compile and encode p50 %.2f ms, p99 %.2f ms%n",
                times[CHANGES / 2] / 1e6, times[CHANGES * 99 / 100] / 1e6);

        for (int i = 0; i < CHANGES; i++) {
            VirtualService rule = virtualService(i % RULES, "/changed" + i);
            registry = registry.with(new Revision(CHANGES + 2 + i), List.of(declared(rule)), List.of());
            begin = threads.getCurrentThreadCpuTime();
            compilation = compiler.compile(compilation, registry);
            store.publish(compilation.snapshot());
            times[i] = threads.getCurrentThreadCpuTime() - begin;
        }
        Arrays.sort(times);
        System.out.printf(
                "one VirtualService: CPU to compile and encode p50 %.2f ms, p99 %.2f ms%n",
                times[CHANGES / 2] / 1e6, times[CHANGES * 99 / 100] / 1e6);
    }

    private static long millis(long nanos) {
        return Duration.ofNanos(nanos).toMillis();
    }

    private static List<Declared> objects() {
        List<Declared> objects = new ArrayList<>();
        for (int i = 0; i < SERVICES; i++) {
            int kind = i % PORTS.length;
            objects.add(declared(new Service(
                    meta(i, "svc-" + i),
                    Service.Type.CLUSTER_IP,
                    List.of(new IpAddress(false, 0, 0x0a600000L + i)),
                    "",
                    Map.of(),
                    false,
                    List.of(new Service.Port(PORT_NAMES[kind], PORTS[kind], "8080", 0, Transport.TCP, "")),
                    List.of(),
                    Service.InternalTrafficPolicy.CLUSTER,
                    Service.TrafficDistribution.ANY,
                    List.of())));
            objects.add(declared(slice(i, 0)));
            for (int j = 0; j < ENDPOINTS; j++) {
                objects.add(declared(pod(i, j)));
            }
        }
        for (int i = 0; i < RULES; i++) {
            objects.add(declared(virtualService(i, "/v1")));
            objects.add(declared(new DestinationRule(
                    meta(i * 5, "rule-" + i), "svc-" + i * 5, null, List.of(), List.of(), false, null)));
        }
        return objects;
    }

    private static VirtualService virtualService(int index, String prefix) {
        int service = index * 5;
        HttpMatch match = new HttpMatch(
                "",
                new StringMatch.Prefix(prefix),
                false,
                null,
                null,
                null,
                Map.of(),
                Map.of(),
                Map.of(),
                CallerMatch.ANY,
                "");
        return new VirtualService(
                meta(service, "vs-" + index),
                List.of("svc-" + service),
                List.of(),
                List.of(),
                List.of(rule(List.of(match), "svc-" + service), rule(List.of(), "svc-" + service)),
                List.of(),
                List.of());
    }

    private static VirtualService.HttpRule rule(List<HttpMatch> match, String host) {
        return new VirtualService.HttpRule(
                "",
                match,
                List.of(new RouteDestination(new Destination(host, "", 0), 0, Headers.UNCHANGED)),
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                List.of(),
                null,
                Headers.UNCHANGED);
    }

    private static EndpointSlice slice(int service, int version) {
        List<EndpointSlice.Endpoint> endpoints = new ArrayList<>();
        for (int i = 0; i < ENDPOINTS; i++) {
            long address = 0x0af40000L + (long) service * 32 + i + (i == 0 ? version % 16 : 0) * 0x100000L;
            endpoints.add(new EndpointSlice.Endpoint(
                    List.of(new IpAddress(false, 0, address)),
                    true,
                    true,
                    false,
                    "",
                    "",
                    pod(service, i).ref()));
        }
        return new EndpointSlice(
                meta(service, "svc-" + service + "-a1"),
                "svc-" + service,
                EndpointSlice.AddressType.IPV4,
                List.of(new EndpointSlice.Port(PORT_NAMES[service % PORTS.length], 8080, Transport.TCP)),
                endpoints);
    }

    private static Pod pod(int service, int index) {
        return new Pod(
                meta(service, "svc-" + service + "-" + index),
                List.of(new IpAddress(false, 0, 0x0af40000L + (long) service * 32 + index)),
                "default",
                "node-" + (service * ENDPOINTS + index) % NODES,
                Pod.Phase.RUNNING,
                true,
                Capture.UNSAID);
    }

    private static ObjectMeta meta(int index, String name) {
        return new ObjectMeta("ns-" + index % NAMESPACES, name, name, Map.of(), Instant.EPOCH.plusSeconds(index), 0);
    }

    private static Declared declared(RegistryObject object) {
        return new Declared(object, Provenance.UNKNOWN);
    }
}
