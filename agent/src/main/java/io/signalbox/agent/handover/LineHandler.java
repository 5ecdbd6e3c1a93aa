package io.signalbox.agent.handover;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.unix.FileDescriptor;
import java.nio.charset.StandardCharsets;

/** One side of a hand-over: what is read, as lines and file descriptors. Confined to its event loop. */
abstract class LineHandler extends ChannelInboundHandlerAdapter {
    private static final int MAX_LINE_CHARS = 512;

    private final StringBuilder line = new StringBuilder();

    abstract void line(Channel channel, String text);

    abstract void descriptor(Channel channel, FileDescriptor descriptor);

    /** The connection has ended, or failed for a reason. */
    abstract void ended(String reason);

    static ChannelFuture send(Channel channel, String text) {
        return channel.writeAndFlush(Unpooled.copiedBuffer(text + "\n", StandardCharsets.UTF_8));
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof FileDescriptor descriptor) {
            descriptor(context.channel(), descriptor);
            return;
        }
        ByteBuf bytes = (ByteBuf) message;
        try {
            while (bytes.isReadable()) {
                char next = (char) bytes.readUnsignedByte();
                if (next != '\n') {
                    line.append(next);
                    if (line.length() > MAX_LINE_CHARS) {
                        throw new IllegalArgumentException("a line of more than " + MAX_LINE_CHARS + " characters");
                    }
                    continue;
                }
                String text = line.toString();
                line.setLength(0);
                line(context.channel(), text);
            }
        } finally {
            bytes.release();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        ended("the other process has closed the connection");
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        ended(String.valueOf(cause.getMessage()));
        context.close();
    }
}
