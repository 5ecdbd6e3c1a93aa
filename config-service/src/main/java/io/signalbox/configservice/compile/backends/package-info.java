/**
 * Where traffic goes: from the destination that an operator names, or a service's own, to a backend with its endpoints
 * and policy.
 *
 * <p>Start reading at {@link io.signalbox.configservice.compile.backends.Destinations}.
 */
@NullMarked
package io.signalbox.configservice.compile.backends;

import org.jspecify.annotations.NullMarked;
