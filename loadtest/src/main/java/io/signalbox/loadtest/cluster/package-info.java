/**
 * A small Kubernetes cluster out of network namespaces, on one machine: nodes with a bridge each, pods with addresses
 * of their own, kube-proxy's rules, DNS, and the real programs in the places where they would run. Needs root.
 *
 * <p>Imports {@code harness} and {@code link}; must not import the code of the programs. Everything that is made bears
 * the name of the process that made it ({@link io.signalbox.loadtest.cluster.Owner}), so that what a killed one leaves
 * behind is known and removed. Start reading at {@link io.signalbox.loadtest.cluster.Cluster}.
 */
@NullMarked
package io.signalbox.loadtest.cluster;

import org.jspecify.annotations.NullMarked;
