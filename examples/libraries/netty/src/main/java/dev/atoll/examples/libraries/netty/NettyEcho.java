package dev.atoll.examples.libraries.netty;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * An echo server over Netty's NIO transport, and a client that sends it streams over several connections at once and
 * compares what comes back.
 *
 * <p>Usage: {@code NettyEcho server PORT} serves until it is killed; {@code NettyEcho client HOST PORT}.
 */
// A write that fails ends its connection, and that is seen.
@SuppressWarnings("FutureReturnValueIgnored")
public final class NettyEcho {
    private static final int CONNECTIONS = 8;
    private static final int BYTES_EACH = 4 << 20;
    private static final int PIECE_BYTES = 32 << 10;
    private static final int LIMIT_SECONDS = 60;

    private NettyEcho() {}

    public static void main(String[] args) throws Exception {
        if (args.length == 2 && args[0].equals("server")) {
            serve(Integer.parseInt(args[1]));
        } else if (args.length == 3 && args[0].equals("client")) {
            talk(args[1], Integer.parseInt(args[2]));
        } else {
            throw new IllegalArgumentException("usage: NettyEcho server PORT | client HOST PORT");
        }
    }

    private static void serve(int port) throws InterruptedException {
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(NioIoHandler.newFactory());
        Channel server = new ServerBootstrap()
                .group(group)
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        channel.pipeline().addLast(new Echo());
                    }
                })
                .bind(port)
                .sync()
                .channel();
        System.out.println("listening on " + ((InetSocketAddress) server.localAddress()).getPort());
        server.closeFuture().sync();
    }

    private static void talk(String host, int port) throws Exception {
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
        try {
            List<CompletableFuture<Integer>> ends = new ArrayList<>();
            for (int seed = 0; seed < CONNECTIONS; seed++) {
                Stream stream = new Stream(seed);
                ends.add(stream.end);
                new Bootstrap()
                        .group(group)
                        .channel(NioSocketChannel.class)
                        .handler(stream)
                        .connect(host, port)
                        .sync();
            }
            for (CompletableFuture<Integer> end : ends) {
                int bytes = end.get(LIMIT_SECONDS, TimeUnit.SECONDS);
                if (bytes != BYTES_EACH) {
                    throw new IllegalStateException("the connection ended after " + bytes + " bytes");
                }
            }
            System.out.println(CONNECTIONS + " connections brought " + BYTES_EACH + " bytes each back");
        } finally {
            group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        }
    }

    private static final class Echo extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object bytes) {
            context.write(bytes);
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            context.flush();
        }

        /** Reads no more from a client than it takes back. */
        @Override
        public void channelWritabilityChanged(ChannelHandlerContext context) {
            context.channel().config().setAutoRead(context.channel().isWritable());
        }
    }

    /** One connection's bytes, made twice from one seed: to send, and to compare. Runs in the connection's event loop. */
    private static final class Stream extends SimpleChannelInboundHandler<ByteBuf> {
        final CompletableFuture<Integer> end = new CompletableFuture<>();
        private final SplittableRandom toSend;
        private final SplittableRandom expected;
        private int sent;
        private int received;

        Stream(int seed) {
            toSend = new SplittableRandom(seed);
            expected = new SplittableRandom(seed);
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            send(context);
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext context) {
            send(context);
        }

        private void send(ChannelHandlerContext context) {
            while (sent < BYTES_EACH && context.channel().isWritable()) {
                ByteBuf piece = context.alloc().buffer(PIECE_BYTES);
                for (int i = 0; i < PIECE_BYTES; i++) {
                    piece.writeByte(toSend.nextInt());
                }
                sent += PIECE_BYTES;
                context.writeAndFlush(piece);
            }
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, ByteBuf bytes) {
            while (bytes.isReadable()) {
                if (bytes.readByte() != (byte) expected.nextInt()) {
                    throw new IllegalStateException("byte " + received + " is not the one that was sent");
                }
                received++;
            }
            if (received >= BYTES_EACH) {
                context.close();
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            end.complete(received);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            end.completeExceptionally(cause);
            context.close();
        }
    }
}
