/**
 * HTTP on one port: the virtual hosts, the routes in them, and who owns which Host value for which callers.
 *
 * <p>Start reading at {@link io.signalbox.configservice.compile.http.HttpPort}.
 */
@NullMarked
package io.signalbox.configservice.compile.http;

import org.jspecify.annotations.NullMarked;
