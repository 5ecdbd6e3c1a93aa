/**
 * The Gateway API for the mesh: routes with a Service as their parent, and what the standard says of their state.
 *
 * <p>They become rule sets like those of VirtualServices: a route in the Service's namespace is for all callers, one in
 * another for the callers of that namespace. Start reading at
 * {@link io.signalbox.configservice.compile.gateway.MeshRoutes}.
 */
@NullMarked
package io.signalbox.configservice.compile.gateway;

import org.jspecify.annotations.NullMarked;
