/**
 * What a change changed, in routing terms: compares two versions of a port resource by resource and puts the
 * differences into words.
 *
 * <p>Walks the contract's messages by their descriptors, so that a field that is added there shows up here without a
 * line of code. Pure; called by {@code rest}. Start reading at {@link io.signalbox.configservice.diff.PortDiff}.
 */
@NullMarked
package io.signalbox.configservice.diff;

import org.jspecify.annotations.NullMarked;
