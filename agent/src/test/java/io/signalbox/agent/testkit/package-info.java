/** What tests of several packages share: snapshots, a running dataplane, gRPC peers that speak bytes. */
@NullMarked
package io.signalbox.agent.testkit;

import org.jspecify.annotations.NullMarked;
