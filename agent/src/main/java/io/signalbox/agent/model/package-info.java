/**
 * The values that the agent serves: what arrived from the config service, decoded and checked.
 *
 * <p>Pure: immutable records, usable on any thread. Built by {@code config}, turned into lookup tables by
 * {@code apply}. Imports nothing but {@code java.base} and RE2/J. Start reading at
 * {@link io.signalbox.agent.model.Snapshot}.
 */
@NullMarked
package io.signalbox.agent.model;

import org.jspecify.annotations.NullMarked;
