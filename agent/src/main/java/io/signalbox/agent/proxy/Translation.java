package io.signalbox.agent.proxy;

/**
 * How requests go out in another protocol than the caller's.
 *
 * @param toHttp1 for backends of HTTP/1.1
 * @param toHttp2 for backends of HTTP/2
 */
public record Translation(UpstreamCall.Factory toHttp1, UpstreamCall.Factory toHttp2) {}
