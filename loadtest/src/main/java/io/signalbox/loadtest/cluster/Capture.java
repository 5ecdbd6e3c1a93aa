package io.signalbox.loadtest.cluster;

/** How the agents of a cluster get the connections of pods. */
public enum Capture {
    /** A rule in the node's network redirects what comes from its pods. */
    REDIRECT
}
