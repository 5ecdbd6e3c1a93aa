/** What idle connections cost the agent: {@code loadtest/bin/idle}. */
@NullMarked
package io.signalbox.loadtest.idle;

import org.jspecify.annotations.NullMarked;
