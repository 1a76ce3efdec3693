package dev.atoll.examples.libraries.netty;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/**
 * Looks names up by Netty's resolver, which reads {@code /etc/resolv.conf} and asks the servers of it by itself, and by the
 * JDK; both have to find the same.
 *
 * <p>Usage: {@code NettyNames NAME=COUNT...}, with the number of addresses that a name has.
 */
public final class NettyNames {
    private static final long LIMIT_S = 30;

    private NettyNames() {}

    public static void main(String[] args) throws Exception {
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        try (DnsNameResolver resolver = new DnsNameResolverBuilder(group.next())
                .datagramChannelType(NioDatagramChannel.class)
                .socketChannelType(NioSocketChannel.class)
                .build()) {
            for (String arg : args) {
                String name = arg.substring(0, arg.indexOf('='));
                int count = Integer.parseInt(arg.substring(arg.indexOf('=') + 1));
                Set<String> ofNetty = texts(resolver.resolveAll(name).get(LIMIT_S, TimeUnit.SECONDS));
                Set<String> ofJdk = texts(Arrays.asList(InetAddress.getAllByName(name)));
                if (!ofNetty.equals(ofJdk) || ofNetty.size() != count) {
                    throw new IllegalStateException(
                            name + " is " + ofNetty + " to Netty, " + ofJdk + " to the JDK; expected are " + count);
                }
                System.out.println(name + " has " + count + " addresses, the first of them "
                        + ofNetty.iterator().next());
            }
        } finally {
            group.shutdownGracefully(0, LIMIT_S, TimeUnit.SECONDS).sync();
        }
    }

    private static Set<String> texts(Iterable<InetAddress> addresses) {
        Set<String> texts = new TreeSet<>();
        addresses.forEach(address -> texts.add(address.getHostAddress()));
        return texts;
    }
}
