/**
 * DestinationRules: which of them counts for a caller and a service, and what it says for one port and subset.
 *
 * <p>Start reading at {@link io.signalbox.configservice.compile.policy.DestinationRules}.
 */
@NullMarked
package io.signalbox.configservice.compile.policy;

import org.jspecify.annotations.NullMarked;
