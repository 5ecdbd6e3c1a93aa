/**
 * A certificate that the replicas of the config service make themselves, and agree on by a Secret.
 *
 * <p>Read at start, then by a thread of its own. Imports {@code tls} and the API server's client.
 */
@NullMarked
package io.signalbox.configservice.tls.kubernetes;

import org.jspecify.annotations.NullMarked;
