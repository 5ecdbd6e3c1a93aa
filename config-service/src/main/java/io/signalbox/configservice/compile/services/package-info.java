/**
 * The services of the mesh in one form, whether Kubernetes or a ServiceEntry declares them, and which of several with
 * one host a caller means.
 *
 * <p>Start reading at {@link io.signalbox.configservice.compile.services.ServiceTable}.
 */
@NullMarked
package io.signalbox.configservice.compile.services;

import org.jspecify.annotations.NullMarked;
