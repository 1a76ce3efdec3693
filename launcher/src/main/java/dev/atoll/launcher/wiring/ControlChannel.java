package dev.atoll.launcher.wiring;

import dev.atoll.launcher.supervise.ControlReader;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.concurrent.TimeUnit;

/** The control connection on the event loop; owns its descriptor from {@link #open} on. */
@Singleton
final class ControlChannel {
    private static final int CLOSE_LIMIT_S = 5;

    private final IoEventLoopGroup loop;
    private final ControlReader control;
    private final EpollDomainSocketChannel channel;

    @Inject
    ControlChannel(IoEventLoopGroup loop, ControlReader control) {
        this.loop = loop;
        this.control = control;
        this.channel = new EpollDomainSocketChannel(control.descriptor());
    }

    /** Begins to read. */
    void open() {
        SimpleChannelInboundHandler<ByteBuf> handler = new SimpleChannelInboundHandler<ByteBuf>() {
            @Override
            protected void channelRead0(ChannelHandlerContext context, ByteBuf bytes) {
                control.received(bytes.nioBuffer());
            }

            @Override
            public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
                // ECONNRESET: the program ended with our records unread. The channel closes, which is what is waited
                // for.
                ChannelFuture unused = context.close();
            }
        };
        new Bootstrap()
                .group(loop)
                .channelFactory(() -> channel)
                .handler(handler)
                .register()
                .syncUninterruptibly();
    }

    /** Waits until everything that the program said has been read. */
    void awaitEnd() {
        channel.closeFuture().awaitUninterruptibly(CLOSE_LIMIT_S, TimeUnit.SECONDS);
    }
}
