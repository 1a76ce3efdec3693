package dev.atoll.examples.libraries;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.util.concurrent.Future;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Fetches a page over HTTP with Netty's native transport, whose sockets are opened by C code and never seen by {@code
 * java.net} or {@code java.nio}; prints the status line.
 *
 * <p>Usage: {@code EpollFetch HOST PORT}.
 */
public final class EpollFetch {
    private static final int LIMIT_SECONDS = 30;

    private EpollFetch() {}

    public static void main(String[] args) throws Exception {
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        try {
            CompletableFuture<String> answer = new CompletableFuture<>();
            Channel channel = new Bootstrap()
                    .group(group)
                    .channel(EpollSocketChannel.class)
                    .handler(new FirstBytes(answer))
                    .connect(args[0], Integer.parseInt(args[1]))
                    .sync()
                    .channel();
            channel.writeAndFlush(Unpooled.copiedBuffer("GET / HTTP/1.0\r\n\r\n", StandardCharsets.US_ASCII))
                    .sync();
            System.out.println(answer.get(LIMIT_SECONDS, TimeUnit.SECONDS)
                    .lines()
                    .findFirst()
                    .orElse("nothing"));
        } finally {
            Future<?> unusedEnd = group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        }
    }

    private static final class FirstBytes extends SimpleChannelInboundHandler<ByteBuf> {
        private final CompletableFuture<String> answer;

        FirstBytes(CompletableFuture<String> answer) {
            this.answer = answer;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, ByteBuf bytes) {
            answer.complete(bytes.toString(StandardCharsets.US_ASCII));
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            answer.complete("");
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            answer.completeExceptionally(cause);
        }
    }
}
