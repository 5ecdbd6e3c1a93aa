/**
 * What the compiler makes: everything that traffic to a port needs, as immutable values.
 *
 * <p>Pure, usable on any thread, tied to no wire form. Imports {@code registry} for addresses and the revision only.
 * Start reading at {@link io.signalbox.configservice.snapshot.Snapshot}.
 */
@NullMarked
package io.signalbox.configservice.snapshot;

import org.jspecify.annotations.NullMarked;
