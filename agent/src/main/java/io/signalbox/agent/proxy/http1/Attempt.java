package io.signalbox.agent.proxy.http1;

/** An attempt of an exchange, whatever its endpoint speaks: it tells the {@link Exchange} what becomes of it. */
interface Attempt {
    /** Whether it takes more of the request. */
    boolean takesMore();

    /** The caller takes more, or less, than before. */
    void callerWritabilityChanged();

    /** Nothing more is wanted of it; nothing is told any more. */
    void leave();
}
