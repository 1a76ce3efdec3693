package dev.atoll.launcher.jvms;

import dev.atoll.launcher.sys.Libc;
import dev.atoll.launcher.sys.SystemCallException;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.IoEventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.unix.DomainSocketChannel;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import io.netty.util.concurrent.Future;

/** A port of a switch at a Unix stream socket, with QEMU's framing: what a switch's frames have already. */
final class StreamPort implements SwitchPort {
    /** The longest frame with its length: an IP packet of 64 KiB, and room for a header that is larger than Ethernet's. */
    private static final int MAX_FRAME_BYTES = Switch.LENGTH_BYTES + (64 << 10) + 32;

    /** Bytes that wait for a JVM that does not read, before frames are dropped. */
    private static final WriteBufferWaterMark ROOM = new WriteBufferWaterMark(512 << 10, 1 << 20);

    private final EpollDomainSocketChannel channel;
    private boolean unflushed;

    private StreamPort(EpollDomainSocketChannel channel) {
        this.channel = channel;
    }

    /** What happens at a port; the loop's thread. */
    interface Listener {
        void opened(StreamPort port);

        void received(StreamPort port, ByteBuf frame);

        /** A batch has been received. */
        void batchEnded();

        void closed(StreamPort port);
    }

    /**
     * Begins.
     *
     * @param descriptor a connected socket, which belongs to the port from here
     * @return done when it is closed, and all that came before has been received
     * @throws SystemCallException if it is none; it is still the caller's then
     */
    static Future<?> open(int descriptor, IoEventLoop loop, Listener listener) throws SystemCallException {
        // Netty takes it as it is, and the loop would wait for a JVM that does not read.
        Libc.setNonBlocking(descriptor);
        EpollDomainSocketChannel channel = new EpollDomainSocketChannel(descriptor);
        StreamPort port = new StreamPort(channel);
        ChannelFuture unused = new Bootstrap()
                .group(loop)
                .channelFactory(() -> channel)
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, ROOM)
                .handler(new ChannelInitializer<DomainSocketChannel>() {
                    @Override
                    protected void initChannel(DomainSocketChannel made) {
                        made.pipeline()
                                .addLast(
                                        new LengthFieldBasedFrameDecoder(MAX_FRAME_BYTES, 0, Switch.LENGTH_BYTES),
                                        new Receiver(port, listener));
                    }
                })
                .register();
        return channel.closeFuture();
    }

    @Override
    public boolean send(ByteBuf frame) {
        if (!channel.isWritable()) {
            return false;
        }
        ChannelFuture unused = channel.write(frame.retainedDuplicate());
        unflushed = true;
        return true;
    }

    @Override
    public void flush() {
        if (unflushed) {
            unflushed = false;
            channel.flush();
        }
    }

    @Override
    public void close() {
        ChannelFuture unused = channel.close();
    }

    private static final class Receiver extends SimpleChannelInboundHandler<ByteBuf> {
        private final StreamPort port;
        private final Listener listener;

        Receiver(StreamPort port, Listener listener) {
            this.port = port;
            this.listener = listener;
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            listener.opened(port);
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, ByteBuf frame) {
            listener.received(port, frame);
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            listener.batchEnded();
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            listener.closed(port);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            // The JVM has ended with frames unread, or has sent something that is no frame: either way this was its
            // link.
            ChannelFuture unused = context.close();
        }
    }
}
