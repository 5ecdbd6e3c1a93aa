package io.signalbox.configservice.source.kubernetes;

import java.time.Duration;

/**
 * How fast the API server is asked.
 *
 * @param pageObjects objects of a page of a list
 * @param answerTimeout how long a page may take to arrive
 * @param firstRetry pause after a failure; doubled with every further one, and drawn from up to half as much more
 * @param lastRetry the longest pause
 * @param absentInterval how often to look whether a definition that was missing is there
 * @param watchLifetime how long one watch lasts before it is asked for anew, so that a connection that died without a
 *     word is noticed
 */
public record Pace(
        int pageObjects,
        Duration answerTimeout,
        Duration firstRetry,
        Duration lastRetry,
        Duration absentInterval,
        Duration watchLifetime) {
    /** For clusters. */
    public static final Pace DEFAULT = new Pace(
            500,
            Duration.ofSeconds(60),
            Duration.ofMillis(500),
            Duration.ofSeconds(30),
            Duration.ofSeconds(10),
            Duration.ofSeconds(120));
}
