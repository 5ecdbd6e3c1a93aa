/**
 * What the parts of one port's compilation share.
 *
 * <p>Start reading at {@link io.signalbox.configservice.compile.port.PortContext}.
 */
@NullMarked
package io.signalbox.configservice.compile.port;

import org.jspecify.annotations.NullMarked;
