/**
 * Answers why a request goes where it goes, and what would become of it: takes a question to an agent's router, with a
 * registry that is compiled beside the live one where the question brings manifests.
 *
 * <p>Reads what {@code pipeline} made and changes nothing of it. What-if registries are compiled on threads of their
 * own, so that neither the pipeline nor the sessions wait for them. Called by {@code rest}. Start reading at
 * {@link io.signalbox.configservice.explain.Explainer}.
 */
@NullMarked
package io.signalbox.configservice.explain;

import org.jspecify.annotations.NullMarked;
