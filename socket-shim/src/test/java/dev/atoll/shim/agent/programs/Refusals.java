package dev.atoll.shim.agent.programs;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.concurrent.Callable;

/** Connects, by each kind of socket, to where nobody listens, and prints how it fails. */
public final class Refusals {
    private static final InetSocketAddress NOBODY = new InetSocketAddress("10.0.0.9", 80);

    private Refusals() {}

    public static void main(String[] arguments) {
        say("socket", () -> {
            try (Socket socket = new Socket()) {
                socket.connect(NOBODY);
                return socket;
            }
        });
        say("channel", () -> SocketChannel.open(NOBODY));
        say("channel, finished", Refusals::finish);
        say("async", () -> {
            try (AsynchronousSocketChannel channel = AsynchronousSocketChannel.open()) {
                return channel.connect(NOBODY).get();
            }
        });
    }

    private static Object finish() throws IOException {
        try (SocketChannel channel = SocketChannel.open();
                Selector selector = Selector.open()) {
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_CONNECT);
            channel.connect(NOBODY);
            selector.select();
            return channel.finishConnect();
        }
    }

    private static void say(String how, Callable<?> connect) {
        try {
            System.out.println(how + ": " + connect.call());
        } catch (Exception e) {
            System.out.println(how + ": " + (e instanceof IOException ? e : e.getCause()));
        }
    }
}
