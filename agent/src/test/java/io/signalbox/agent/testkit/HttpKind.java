package io.signalbox.agent.testkit;

/** What caller and backend speak. */
public enum HttpKind {
    HTTP1,
    HTTP2
}
