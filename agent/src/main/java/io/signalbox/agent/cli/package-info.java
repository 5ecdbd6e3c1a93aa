/**
 * The command line beside the running agent: {@code agent explain}. A process of its own that asks the agent's admin
 * endpoint and prints the answer.
 *
 * <p>Imports nothing of the agent but the contract. Start reading at {@link io.signalbox.agent.cli.ExplainCommand}.
 */
@NullMarked
package io.signalbox.agent.cli;

import org.jspecify.annotations.NullMarked;
