/**
 * The routing cases of {@code src/test/resources/conformance}, asked of real processes. What a file says and how an
 * answer is compared stands in {@code FORMAT.md} beside the cases.
 */
@NullMarked
package io.signalbox.loadtest.conformance;

import org.jspecify.annotations.NullMarked;
