/**
 * Who asks: what an object's visibility, a Sidecar and a caller's namespace do to what a caller sees.
 *
 * <p>Nearly everything is the same for nearly every caller, so values are worked out for "any other namespace" and only
 * for the namespaces and scopes that some object names. Start reading at
 * {@link io.signalbox.configservice.compile.callers.Caller}.
 */
@NullMarked
package io.signalbox.configservice.compile.callers;

import org.jspecify.annotations.NullMarked;
