/** Raw sockets for both ends of the HTTP/1.1 path. */
@NullMarked
package io.signalbox.agent.proxy.http1.testkit;

import org.jspecify.annotations.NullMarked;
