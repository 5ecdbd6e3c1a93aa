/**
 * What the kernel must know so that connections reach the agent: nftables rules, policy routing, and the sign of life
 * on which rules depend that fail open and are not the agent's own.
 *
 * <p>{@link io.signalbox.agent.capture.rules.CaptureRules} is a pure value with a text; {@code Nft} and
 * {@code PolicyRouting} run programs and belong on threads that may wait. Used by the agent itself and by {@code agent
 * capture}. Imports {@code model}, {@code capture.netns} and Netty's channels. Start reading at
 * {@link io.signalbox.agent.capture.rules.CaptureRules}.
 */
@NullMarked
package io.signalbox.agent.capture.rules;

import org.jspecify.annotations.NullMarked;
