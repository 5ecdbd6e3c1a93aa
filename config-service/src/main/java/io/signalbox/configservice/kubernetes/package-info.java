/**
 * How the API server of a cluster is reached and asked.
 *
 * <p>Loaded in Kubernetes mode only. Must not import anything of ours. Start reading at
 * {@link io.signalbox.configservice.kubernetes.KubernetesApi}.
 */
@NullMarked
package io.signalbox.configservice.kubernetes;

import org.jspecify.annotations.NullMarked;
