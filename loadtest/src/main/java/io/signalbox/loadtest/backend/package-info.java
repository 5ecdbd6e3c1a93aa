/**
 * Small real servers that stand behind the agent in the demo, the tests and the benchmarks: gRPC, HTTP/1.1 and TCP.
 *
 * <p>Each names itself in its answers, counts what it got, and does what a request asks for (delay, sizes, errors), so
 * that a test needs no server of its own. They know nothing of Signalbox. Start reading at
 * {@link io.signalbox.loadtest.backend.Backend}.
 */
@NullMarked
package io.signalbox.loadtest.backend;

import org.jspecify.annotations.NullMarked;
