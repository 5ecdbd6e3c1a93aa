/** Tests of HTTP/1.1: tables of the parser, and exchanges over real sockets. */
@NullMarked
package io.signalbox.agent.proxy.http1;

import org.jspecify.annotations.NullMarked;
