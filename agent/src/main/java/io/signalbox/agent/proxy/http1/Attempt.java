package io.signalbox.agent.proxy.http1;

import io.netty.buffer.ByteBuf;

/** An attempt of an exchange, whatever its endpoint speaks: it tells the {@link Exchange} what becomes of it. */
interface Attempt {
    /** Whether it takes more of the request. */
    boolean takesMore();

    /** The caller takes more, or less, than before. */
    void callerWritabilityChanged();

    /** Sends bytes of the tunnel that the connection has become. */
    void tunnelUp(ByteBuf in);

    /** Nothing follows from the caller. */
    void tunnelUpEnded();

    /** Both directions of the tunnel have ended: lets go of it when what was sent has left. */
    void tunnelOver();

    /** Nothing more is wanted of it; nothing is told any more. */
    void leave();
}
