package io.signalbox.agent.testkit;

import io.signalbox.agent.model.UpstreamProtocol;

/** What caller and backend speak. */
public enum HttpKind {
    HTTP1(false, false),
    HTTP2(true, true),
    HTTP1_TO_HTTP2(false, true),
    HTTP2_TO_HTTP1(true, false);

    private final boolean callerSpeaksHttp2;
    private final boolean backendSpeaksHttp2;

    HttpKind(boolean callerSpeaksHttp2, boolean backendSpeaksHttp2) {
        this.callerSpeaksHttp2 = callerSpeaksHttp2;
        this.backendSpeaksHttp2 = backendSpeaksHttp2;
    }

    public boolean callerSpeaksHttp2() {
        return callerSpeaksHttp2;
    }

    public boolean backendSpeaksHttp2() {
        return backendSpeaksHttp2;
    }

    /** What a backend of this kind says of itself. */
    public UpstreamProtocol upstreamProtocol() {
        return callerSpeaksHttp2 == backendSpeaksHttp2
                ? UpstreamProtocol.AS_CALLER
                : backendSpeaksHttp2 ? UpstreamProtocol.HTTP2 : UpstreamProtocol.HTTP1;
    }
}
