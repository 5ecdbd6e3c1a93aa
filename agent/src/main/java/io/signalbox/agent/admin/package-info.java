/**
 * The admin endpoint: readiness, metrics, and what the agent holds, for the operator of the node.
 *
 * <p>Listens on loopback, and for scrapers, with metrics and readiness alone, where it is told to; on threads of its
 * own; changes nothing but to ask for a drain. Imported by {@code Agent} alone, which hands in what to show. Start
 * reading at {@link io.signalbox.agent.admin.AdminServer}.
 */
@NullMarked
package io.signalbox.agent.admin;

import org.jspecify.annotations.NullMarked;
