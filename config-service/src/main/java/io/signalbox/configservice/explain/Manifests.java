package io.signalbox.configservice.explain;

/**
 * The registry that a question brings along.
 *
 * @param yaml Kubernetes manifests, several documents
 * @param overlay whether they stand on top of the live registry, replacing what has the same kind, namespace and name;
 *     otherwise they are all that there is
 */
public record Manifests(String yaml, boolean overlay) {}
