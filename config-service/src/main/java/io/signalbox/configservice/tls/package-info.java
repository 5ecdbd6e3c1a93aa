/**
 * TLS of the agents' port: where its certificate comes from, and how a new one takes the place of an old one while
 * streams go on.
 *
 * <p>Read at start, then by a thread of its own. Imports nothing of ours. Start reading at
 * {@link io.signalbox.configservice.tls.CertificateFiles}.
 */
@NullMarked
package io.signalbox.configservice.tls;

import org.jspecify.annotations.NullMarked;
