package io.signalbox.agent.memory;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryUsage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Collects the old generation of the serial collector when much of it may be garbage. By itself that collector makes
 * the old generation larger, up to -Xmx, before it ever looks for garbage there: every replaced snapshot would stay
 * resident. For one thread.
 */
public final class OldGeneration {
    private static final Logger LOG = LoggerFactory.getLogger(OldGeneration.class);

    /** Growth below this is left alone, whatever lives: a collection stops the event loops for a moment. */
    private static final long LEAST_GROWTH = 8L << 20;

    private final @Nullable MemoryPoolMXBean pool;
    private final long atFirst;

    private OldGeneration(@Nullable MemoryPoolMXBean pool) {
        this.pool = pool;
        this.atFirst = pool == null ? 0 : pool.getUsage().getUsed();
    }

    /** That of this JVM; nothing is ever collected where another collector runs. */
    public static OldGeneration find() {
        return new OldGeneration(ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getName().equals("Tenured Gen"))
                .findFirst()
                .orElse(null));
    }

    /** Collects if there is reason to; to be called about once a second. */
    public void collectIfGrown() {
        if (pool == null) {
            return;
        }
        MemoryUsage afterLast = pool.getCollectionUsage();
        long lived = afterLast == null || afterLast.getUsed() == 0 ? atFirst : afterLast.getUsed();
        long used = pool.getUsage().getUsed();
        if (isWorthIt(lived, used)) {
            System.gc();
            LOG.debug(
                    "old generation collected: bytes={} before={}",
                    pool.getUsage().getUsed(),
                    used);
        }
    }

    /**
     * Whether to collect: when the garbage may be half of what lives.
     *
     * @param lived bytes after the last collection
     * @param used bytes now
     */
    static boolean isWorthIt(long lived, long used) {
        return used - lived >= Math.max(LEAST_GROWTH, lived / 2);
    }
}
