package io.signalbox.agent.proxy;

import io.netty.util.AsciiString;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** The value of {@code date}, written once a second. Confined to an event loop. */
final class HttpDate {
    /** RFC 9110 section 5.6.7. */
    private static final DateTimeFormatter IMF_FIXDATE = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US)
            .withZone(ZoneOffset.UTC);

    private final InstantSource clock;
    private long second = -1;
    private AsciiString text = AsciiString.EMPTY_STRING;

    HttpDate(InstantSource clock) {
        this.clock = clock;
    }

    AsciiString now() {
        long millis = clock.millis();
        if (millis / 1000 != second) {
            second = millis / 1000;
            text = AsciiString.of(IMF_FIXDATE.format(Instant.ofEpochMilli(millis)));
        }
        return text;
    }
}
