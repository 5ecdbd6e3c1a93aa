package io.signalbox.agent.apply;

import io.netty.channel.DefaultSelectStrategyFactory;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.util.concurrent.ThreadAwareExecutor;

/**
 * Netty's epoll transport, with one defect of 4.2.18 worked around. A socket whose input has ended and that has nothing
 * to write waits for no event; Netty then takes it out of the epoll set but goes on as if it were in it. The next write
 * that fills the socket fails with ENOENT, and the rest of a large answer to a caller who has half-closed is lost
 * ({@code EpollIoHandler.DefaultEpollIoRegistration.submit}). Here such a socket stays in the set, edge-triggered and
 * with no event asked for.
 */
final class EpollTransport {
    /**
     * Sockets that are served before what was written meanwhile is flushed. Without a bound the requests of a burst are
     * all read before the first of them goes out, and the endpoints wait; a much smaller one would only cost calls.
     */
    private static final int MAX_EVENTS = 16;

    private EpollTransport() {}

    static IoHandlerFactory newFactory() {
        IoHandlerFactory epoll = EpollIoHandler.newFactory(MAX_EVENTS, DefaultSelectStrategyFactory.INSTANCE);
        return new IoHandlerFactory() {
            @Override
            public IoHandler newHandler(ThreadAwareExecutor executor) {
                return new StayingHandler(epoll.newHandler(executor));
            }

            @Override
            public boolean isChangingThreadSupported() {
                return epoll.isChangingThreadSupported();
            }
        };
    }

    private record StayingHandler(IoHandler epoll) implements IoHandler {
        @Override
        public void initialize() {
            epoll.initialize();
        }

        @Override
        public int run(IoHandlerContext context) {
            return epoll.run(context);
        }

        @Override
        public void prepareToDestroy() {
            epoll.prepareToDestroy();
        }

        @Override
        public void destroy() {
            epoll.destroy();
        }

        @Override
        public IoRegistration register(IoHandle handle) throws Exception {
            return new StayingRegistration(epoll.register(handle));
        }

        @Override
        public void wakeup() {
            epoll.wakeup();
        }

        @Override
        public boolean isCompatible(Class<? extends IoHandle> handleType) {
            return epoll.isCompatible(handleType);
        }
    }

    private static final class StayingRegistration implements IoRegistration {
        private final IoRegistration epoll;
        private boolean added;

        StayingRegistration(IoRegistration epoll) {
            this.epoll = epoll;
        }

        @Override
        @SuppressWarnings("TypeParameterUnusedInFormals") // the signature is Netty's
        public <T> T attachment() {
            return epoll.attachment();
        }

        @Override
        public long submit(IoOps ops) {
            boolean isNone = ops.equals(EpollIoOps.NONE);
            added |= !isNone;
            return epoll.submit(isNone && added ? EpollIoOps.EPOLLET : ops);
        }

        @Override
        public boolean isValid() {
            return epoll.isValid();
        }

        @Override
        public boolean cancel() {
            return epoll.cancel();
        }
    }
}
