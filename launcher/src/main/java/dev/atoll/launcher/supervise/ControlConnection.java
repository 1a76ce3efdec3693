package dev.atoll.launcher.supervise;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import java.util.concurrent.TimeUnit;

/** The launcher's end of the control descriptor on the launcher's event loop: what the program says goes to its records. */
public final class ControlConnection {
    private final EpollDomainSocketChannel channel;

    private ControlConnection(EpollDomainSocketChannel channel) {
        this.channel = channel;
    }

    /**
     * Begins to listen.
     *
     * @param descriptor the launcher's end; owned from here on
     */
    public static ControlConnection open(int descriptor, EventLoopGroup loop, ProgramRecords records) {
        EpollDomainSocketChannel channel = new EpollDomainSocketChannel(descriptor);
        channel.pipeline().addLast(new SimpleChannelInboundHandler<ByteBuf>() {
            @Override
            protected void channelRead0(ChannelHandlerContext context, ByteBuf bytes) {
                records.feed(bytes.nioBuffer());
            }

            @Override
            public void channelInactive(ChannelHandlerContext context) {
                records.finish();
            }

            @Override
            public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
                // A reset of the program's end: it is over either way.
                context.close().addListener(closed -> records.finish());
            }
        });
        loop.register(channel).syncUninterruptibly();
        return new ControlConnection(channel);
    }

    /** Waits until what the program had said before its end is read. */
    public void awaitEnd(long timeoutMs) {
        if (!channel.closeFuture().awaitUninterruptibly(timeoutMs, TimeUnit.MILLISECONDS)) {
            channel.close().awaitUninterruptibly(timeoutMs, TimeUnit.MILLISECONDS);
        }
    }
}
