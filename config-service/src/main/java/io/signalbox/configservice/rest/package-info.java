/**
 * The REST API under {@code /v1}, health, metrics, and problem documents for every error.
 *
 * <p>Reads values and changes nothing. Runs on Helidon's virtual threads. Start reading at
 * {@link io.signalbox.configservice.rest.RestApi}.
 */
@NullMarked
package io.signalbox.configservice.rest;

import org.jspecify.annotations.NullMarked;
