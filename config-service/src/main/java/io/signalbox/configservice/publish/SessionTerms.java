package io.signalbox.configservice.publish;

import java.time.Duration;

/**
 * What the service tells every agent in Welcome.
 *
 * @param serviceInstance name of this replica, for people
 * @param serviceVersion version of this program, for people
 * @param heartbeatInterval each side sends something at least this often
 * @param heartbeatDeadline each side ends the stream after hearing nothing for this long
 */
public record SessionTerms(
        String serviceInstance, String serviceVersion, Duration heartbeatInterval, Duration heartbeatDeadline) {}
