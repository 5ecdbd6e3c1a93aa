/**
 * Where declarations come from: {@link io.signalbox.configservice.source.RegistrySource} and the values that it hands
 * out.
 *
 * <p>Called by {@code pipeline} on its one thread; a source signals changes from a thread of its own. Imports
 * {@code registry} only, and {@code kubernetes} where a cluster is read. Start reading at
 * {@link io.signalbox.configservice.source.RegistrySource}.
 */
@NullMarked
package io.signalbox.configservice.source;

import org.jspecify.annotations.NullMarked;
