package io.signalbox.agent.proxy.http1;

import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/** How a response's head differs from the one that came. Used for one response after another. */
final class ResponseEdits {
    /** Header fields of rules. */
    final FieldChanges fields = new FieldChanges();

    /** Value of {@code date} for a response that brings none; null: none is added. */
    @Nullable
    AsciiString date;

    /** From the complete request to the head of the response; below 0: not told. */
    long serviceMillis;

    void clear() {
        fields.clear();
        date = null;
        serviceMillis = -1;
    }
}
