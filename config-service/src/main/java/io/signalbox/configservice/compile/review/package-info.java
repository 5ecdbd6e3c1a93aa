/**
 * Findings that need more than one object to be seen: rules that nothing uses, names that nobody has, conflicts. They
 * change nothing; each says how to mend it.
 *
 * <p>Start reading at {@link io.signalbox.configservice.compile.review.Review}.
 */
@NullMarked
package io.signalbox.configservice.compile.review;

import org.jspecify.annotations.NullMarked;
