/**
 * Decides object by object whether it is accepted or refused, and says why: what Istio and the Gateway API refuse on
 * admission is refused here too, at the path of the field, with what is expected there.
 *
 * <p>Pure; called by {@code pipeline}. What a refused object leaves in force is not decided here. Imports
 * {@code registry} only. Start reading at {@link io.signalbox.configservice.validate.Validator}.
 */
@NullMarked
package io.signalbox.configservice.validate;

import org.jspecify.annotations.NullMarked;
