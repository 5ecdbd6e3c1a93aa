package io.signalbox.agent.telemetry;

import io.opentelemetry.sdk.trace.IdGenerator;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Ids of traces and spans: random, but for the trace id that {@link #useNext} chose for the trace that this thread
 * begins next. Thread-safe.
 */
final class TraceIds implements IdGenerator {
    /** Digits of a trace id. */
    static final int TRACE_ID_LENGTH = 32;

    private static final byte[] DIGITS = {'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'
    };

    private final IdGenerator random = IdGenerator.random();
    private final ThreadLocal<@Nullable String> next = new ThreadLocal<>();

    /** The next trace of this thread gets that id. */
    void useNext(String traceId) {
        next.set(traceId);
    }

    @Override
    public String generateTraceId() {
        String chosen = next.get();
        if (chosen == null) {
            return random.generateTraceId();
        }
        next.remove();
        return chosen;
    }

    @Override
    public String generateSpanId() {
        return random.generateSpanId();
    }

    /** Writes 16 lower-case hexadecimal digits of a random number that is not 0, as no id may be. */
    static void writeRandom(byte[] target, int from) {
        ThreadLocalRandom numbers = ThreadLocalRandom.current();
        long number;
        do {
            number = numbers.nextLong();
        } while (number == 0);
        for (int i = 0; i < 16; i++) {
            target[from + i] = DIGITS[(int) (number >>> (60 - 4 * i)) & 15];
        }
    }
}
