package dev.atoll.examples.libraries.netty;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/**
 * An HTTP/2 server without TLS, for clients that know so beforehand (RFC 9113 section 3.3): a request without a body is
 * answered by a greeting, one with a body by that body as it comes.
 *
 * <p>Usage: {@code NettyHttp2Server PORT}. Serves until it is killed.
 */
// A write that fails ends its connection, and that is seen.
@SuppressWarnings("FutureReturnValueIgnored")
public final class NettyHttp2Server {
    private static final byte[] GREETING = "hello from the island\n".getBytes(StandardCharsets.US_ASCII);

    private NettyHttp2Server() {}

    public static void main(String[] args) throws Exception {
        if (args.length != 1) {
            throw new IllegalArgumentException("usage: NettyHttp2Server PORT");
        }
        Channel server = new ServerBootstrap()
                .group(new MultiThreadIoEventLoopGroup(NioIoHandler.newFactory()))
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        channel.pipeline()
                                .addLast(Http2FrameCodecBuilder.forServer().build())
                                .addLast(new Http2MultiplexHandler(new ChannelInitializer<>() {
                                    @Override
                                    protected void initChannel(Channel stream) {
                                        stream.pipeline().addLast(new GreetingOrEcho());
                                    }
                                }));
                    }
                })
                .bind(Integer.parseInt(args[0]))
                .sync()
                .channel();
        System.out.println("listening on " + ((InetSocketAddress) server.localAddress()).getPort());
        server.closeFuture().sync();
    }

    /** One stream's request and answer. */
    private static final class GreetingOrEcho extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object frame) {
            if (frame instanceof Http2HeadersFrame request) {
                context.write(new DefaultHttp2HeadersFrame(new DefaultHttp2Headers().status("200")));
                if (request.isEndStream()) {
                    context.write(new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(GREETING), true));
                }
            } else if (frame instanceof Http2DataFrame body) {
                // Its bytes are the answer's from here on: Netty releases them when they are written.
                context.write(new DefaultHttp2DataFrame(body.content(), body.isEndStream()));
            } else {
                ReferenceCountUtil.release(frame);
            }
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            context.flush();
        }
    }
}
