/**
 * Clients as an application would have them, as a program of its own that can be started inside a pod: HTTP at a fixed
 * rate, gRPC calls over one channel, and a TCP client of a server that speaks first. They know names and ports and
 * nothing of the mesh. Imports {@code harness}.
 */
@NullMarked
package io.signalbox.loadtest.caller;

import org.jspecify.annotations.NullMarked;
