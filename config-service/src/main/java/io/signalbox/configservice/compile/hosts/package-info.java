/**
 * Host names: patterns, short names, and the forms under which callers know a service.
 *
 * <p>Pure text. Start reading at {@link io.signalbox.configservice.compile.hosts.NameForms}.
 */
@NullMarked
package io.signalbox.configservice.compile.hosts;

import org.jspecify.annotations.NullMarked;
