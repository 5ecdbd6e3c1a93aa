/**
 * What becomes of a request once its route is known: the path and headers that the backend sees, where a redirect
 * leads, what is answered without a backend, what is drawn by chance, and what is tried again.
 *
 * <p>Pure functions over {@code model}'s values, so that the dataplane and the explanation of a decision cannot differ;
 * chance is passed in, time is not known. Called by {@code proxy} on event loops and by {@code explain}. Imports
 * {@code model} alone. Start reading at {@link io.signalbox.agent.policy.PathNormalizer}, which comes first, then
 * {@link io.signalbox.agent.policy.Rewrites} and {@link io.signalbox.agent.policy.HeaderChanges}.
 */
@NullMarked
package io.signalbox.agent.policy;

import org.jspecify.annotations.NullMarked;
