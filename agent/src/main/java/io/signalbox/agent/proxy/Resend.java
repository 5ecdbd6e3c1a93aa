package io.signalbox.agent.proxy;

/** Whether an attempt that failed may be made again without being a retry: what was sent was not processed. */
public enum Resend {
    /** It may have been processed. */
    NEVER,
    /** It may have been processed, but probably was not: harmless for idempotent methods (RFC 9110 section 9.2.2). */
    IF_IDEMPOTENT,
    /** It certainly was not processed. */
    ANYHOW
}
