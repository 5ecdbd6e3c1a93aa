/** What rules do with requests, on real sockets, whatever the protocol. */
@NullMarked
package io.signalbox.agent.proxy;

import org.jspecify.annotations.NullMarked;
