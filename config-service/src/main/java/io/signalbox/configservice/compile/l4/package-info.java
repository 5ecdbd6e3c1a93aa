/**
 * Connections on one port that are matched without looking into HTTP: by address, by range, by SNI, or by the port
 * alone, and the TLS and TCP rules at these frontends.
 *
 * <p>Start reading at {@link io.signalbox.configservice.compile.l4.ConnectionPort}.
 */
@NullMarked
package io.signalbox.configservice.compile.l4;

import org.jspecify.annotations.NullMarked;
