package dev.atoll.examples.extension;

import dev.atoll.launcher.LaunchException;
import dev.atoll.launcher.link.LinkAddresses;
import dev.atoll.launcher.link.LinkKind;
import dev.atoll.launcher.link.LinkRequest;
import dev.atoll.launcher.link.LinkService;
import dev.atoll.launcher.link.OpenLink;
import dev.atoll.launcher.link.StreamLink;
import dev.atoll.runtime.control.ControlRecord;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.util.ReferenceCountUtil;
import java.util.Optional;

/**
 * {@code --link dead}: a network on which nobody answers, to see what a program does then. Built on the stream link: the
 * program has one end, and whatever comes out of the other is thrown away.
 */
public final class DeadNetwork implements LinkKind {
    /** For {@link java.util.ServiceLoader}. */
    public DeadNetwork() {}

    @Override
    public String name() {
        return "dead";
    }

    @Override
    public OpenLink open(LinkRequest request) throws LaunchException {
        return new Open(new StreamLink().open(request));
    }

    /** A stream link whose other end has no stack. */
    private record Open(StreamLink.Open stream) implements OpenLink {
        @Override
        public Optional<LinkService> service() {
            return Optional.of(this::discard);
        }

        private void discard(IoEventLoopGroup loop) {
            new Bootstrap()
                    .group(loop)
                    .channelFactory(() -> new EpollDomainSocketChannel(stream.takeLauncherEnd()))
                    .handler(new ChannelInboundHandlerAdapter() {
                        @Override
                        public void channelRead(ChannelHandlerContext context, Object frames) {
                            ReferenceCountUtil.release(frames);
                        }
                    })
                    .register()
                    .syncUninterruptibly();
        }

        @Override
        public ControlRecord.LinkKind wire() {
            return stream.wire();
        }

        @Override
        public int programDescriptor() {
            return stream.programDescriptor();
        }

        @Override
        public int headerBytes() {
            return stream.headerBytes();
        }

        @Override
        public LinkAddresses addresses() {
            return stream.addresses();
        }

        @Override
        public String description() {
            return "dead";
        }

        @Override
        public void handOver() {
            stream.handOver();
        }

        @Override
        public void close() {
            stream.close();
        }
    }
}
