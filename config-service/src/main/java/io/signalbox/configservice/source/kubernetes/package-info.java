/**
 * The registry source that follows the API server of a cluster: lists every kind of objects page by page, then watches
 * it. Objects are read as soon as they arrive, and only what was read is kept.
 *
 * <p>One virtual thread per kind and namespace; reading from the pipeline's thread. Loaded in Kubernetes mode only.
 * Must not import anything right of {@code source}. Start reading at
 * {@link io.signalbox.configservice.source.kubernetes.KubernetesSource}.
 */
@NullMarked
package io.signalbox.configservice.source.kubernetes;

import org.jspecify.annotations.NullMarked;
