package dev.atoll.inside;

import dev.atoll.bridge.Doors;
import dev.atoll.runtime.localhost.LoopbackChannels;
import java.io.IOException;
import java.net.ProtocolFamily;
import java.nio.channels.DatagramChannel;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** Sockets of the kernel on the sandbox's own loopback, past the hooks: what the tripwire lets through. */
final class KernelLoopback implements LoopbackChannels {
    @Override
    public ServerSocketChannel openListener(ProtocolFamily family) throws IOException {
        return Doors.onLoopback(platform -> platform.openServerSocketChannel(family));
    }

    @Override
    public SocketChannel openStream(ProtocolFamily family) throws IOException {
        return Doors.onLoopback(platform -> platform.openSocketChannel(family));
    }

    @Override
    public DatagramChannel openDatagrams(ProtocolFamily family) throws IOException {
        return Doors.onLoopback(platform -> platform.openDatagramChannel(family));
    }

    @Override
    public Selector openSelector() throws IOException {
        return Doors.platformProvider().openSelector();
    }
}
