/**
 * Asks a cluster's API server about tokens.
 *
 * <p>Called by the threads of agents' streams. Imports {@code identity} and the API server's client.
 */
@NullMarked
package io.signalbox.configservice.identity.kubernetes;

import org.jspecify.annotations.NullMarked;
