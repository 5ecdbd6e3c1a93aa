/**
 * Routing rules: which VirtualServices count for a host and a caller, in which order, and what their rules become.
 *
 * <p>Start reading at {@link io.signalbox.configservice.compile.rules.RuleTable}.
 */
@NullMarked
package io.signalbox.configservice.compile.rules;

import org.jspecify.annotations.NullMarked;
