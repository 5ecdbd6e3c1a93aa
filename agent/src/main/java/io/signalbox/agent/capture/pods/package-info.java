/**
 * Capture inside the network namespaces of the node's pods: which pods there are, by the processes in their cgroups and
 * by requests of the CNI plugin; listeners and rules inside each; who calls, by the pod that a listener is in.
 *
 * <p>One thread finds pods and changes what is in their namespaces; accepted connections run on the event loops. Start
 * reading at {@link io.signalbox.agent.capture.pods.PodCapture}.
 */
@NullMarked
package io.signalbox.agent.capture.pods;

import org.jspecify.annotations.NullMarked;
