package io.signalbox.agent.telemetry;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;

/** The few figures of the JVM that tell whether the agent fits its limits. */
final class JvmMetrics {
    private JvmMetrics() {}

    static void addTo(MetricFamilies families) {
        MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
        families.gauge("jvm_memory_used_bytes", "Memory in use.")
                .add(memory.getHeapMemoryUsage().getUsed(), "area", "heap")
                .add(memory.getNonHeapMemoryUsage().getUsed(), "area", "nonheap");
        families.gauge("jvm_memory_max_bytes", "Upper bound of the heap.")
                .add(memory.getHeapMemoryUsage().getMax(), "area", "heap");
        if (ByteBufAllocator.DEFAULT instanceof ByteBufAllocatorMetricProvider provider) {
            families.gauge("signalbox_buffer_memory_bytes", "Memory that socket buffers hold outside the heap.")
                    .add(provider.metric().usedDirectMemory());
        }
        long collections = 0;
        long millis = 0;
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            collections += Math.max(0, collector.getCollectionCount());
            millis += Math.max(0, collector.getCollectionTime());
        }
        families.counter("jvm_gc_collections", "Collections of all collectors.").add(collections);
        families.counter("jvm_gc_seconds", "Time spent in them.").add(millis / 1e3);
        families.gauge("jvm_threads_current", "Threads that live.")
                .add(ManagementFactory.getThreadMXBean().getThreadCount());
    }
}
