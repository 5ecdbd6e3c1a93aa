/**
 * Kubernetes manifests to registry values: YAML text to documents, documents to typed objects or problems.
 *
 * <p>Foreign object shapes (JSON trees, field names of Kubernetes and Istio) live here and nowhere else. Decides
 * nothing about whether an object makes sense: that is {@code validate}. Of the kinds of Istio and the Gateway API
 * every field is read, warned about by name, or refused as unknown; those of Kubernetes have many that mean nothing
 * here. No IO. Confined to the caller's thread. Start reading at
 * {@link io.signalbox.configservice.source.manifest.ManifestReader}.
 */
@NullMarked
package io.signalbox.configservice.source.manifest;

import org.jspecify.annotations.NullMarked;
