/**
 * End-to-end tests: a real config service, a real agent, real clients and servers, each as a process or on real
 * sockets.
 *
 * <p>What they write (logs, registry, last-known-good) stays in {@code target/e2e/<test class>}. No timing decides a
 * test, except that what must happen has a generous deadline; measured times are printed. Start reading at
 * {@link io.signalbox.loadtest.e2e.GrpcBalancingIT}.
 */
@NullMarked
package io.signalbox.loadtest.e2e;

import org.jspecify.annotations.NullMarked;
