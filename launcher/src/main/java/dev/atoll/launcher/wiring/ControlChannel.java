package dev.atoll.launcher.wiring;

import dev.atoll.launcher.supervise.ControlConnection;
import dev.atoll.launcher.sys.Libc;
import dev.atoll.launcher.sys.SystemCallException;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The control connection on the event loop. */
final class ControlChannel {
    private static final int CLOSE_LIMIT_S = 5;

    private final IoEventLoopGroup loop;
    private final ControlConnection control;
    private volatile @Nullable EpollDomainSocketChannel channel;

    ControlChannel(IoEventLoopGroup loop, ControlConnection control) {
        this.loop = loop;
        this.control = control;
    }

    /** Begins to read. */
    void open() throws SystemCallException {
        int descriptor = control.duplicate();
        // Netty takes it as it is, and reads on after a buffer that was filled: the loop would wait for more.
        Libc.setNonBlocking(descriptor);
        EpollDomainSocketChannel opened = new EpollDomainSocketChannel(descriptor);
        new Bootstrap()
                .group(loop)
                .channelFactory(() -> opened)
                .handler(new Taker(control))
                .register()
                .syncUninterruptibly();
        channel = opened;
    }

    /**
     * Waits until everything that the program said has been read.
     *
     * @return whether that is so
     */
    boolean awaitEnd() {
        EpollDomainSocketChannel opened = channel;
        return opened == null || opened.closeFuture().awaitUninterruptibly(CLOSE_LIMIT_S, TimeUnit.SECONDS);
    }

    /** Hands over what came. The loop's thread. */
    private static final class Taker extends SimpleChannelInboundHandler<ByteBuf> {
        private final ControlConnection control;

        Taker(ControlConnection control) {
            this.control = control;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, ByteBuf bytes) {
            control.received(bytes.nioBuffer());
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            control.ended();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            // ECONNRESET: the program ended with our records unread. Anything else is a fault, and the run's end.
            if (!(cause instanceof IOException)) {
                control.failed(cause);
            }
            ChannelFuture unused = context.close();
        }
    }
}
