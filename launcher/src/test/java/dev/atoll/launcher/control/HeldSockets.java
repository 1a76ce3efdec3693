package dev.atoll.launcher.control;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * A program whose threads wait in sockets; says {@code holding} when they do, then how each wait ended, then how making
 * new sockets ended, then {@code end}.
 */
public final class HeldSockets {
    private final List<Thread> threads = new ArrayList<>();
    private final CountDownLatch begun;

    private HeldSockets(int count) {
        begun = new CountDownLatch(count);
    }

    /** What waits, or is tried. */
    @FunctionalInterface
    private interface Call {
        void run() throws IOException;
    }

    public static void main(String[] args) throws Exception {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        ServerSocket listener = new ServerSocket(0, 5, loopback);
        ServerSocket idle = new ServerSocket(0, 5, loopback);
        Socket client = new Socket(loopback, listener.getLocalPort());
        Socket accepted = listener.accept();
        SocketChannel channel = SocketChannel.open(accepted.getLocalSocketAddress());
        DatagramSocket datagrams = new DatagramSocket(0, loopback);

        HeldSockets held = new HeldSockets(4);
        held.hold("accept", idle::accept);
        held.hold("read", () -> client.getInputStream().read());
        held.hold("channel", () -> channel.read(ByteBuffer.allocate(1)));
        held.hold("receive", () -> datagrams.receive(new DatagramPacket(new byte[1], 1)));
        held.begun.await();
        System.out.println("holding");
        for (Thread thread : held.threads) {
            thread.join();
        }
        attempt("write", () -> accepted.getOutputStream().write(1));
        attempt("connect", () -> new Socket(loopback, idle.getLocalPort()).close());
        attempt("listen", () -> new ServerSocket(0, 5, loopback).close());
        System.out.println("end");
    }

    private void hold(String name, Call call) {
        Thread thread = new Thread(() -> {
            begun.countDown();
            attempt(name, call);
        });
        thread.start();
        threads.add(thread);
    }

    private static void attempt(String name, Call call) {
        try {
            call.run();
            System.out.println(name + ": came back");
        } catch (IOException e) {
            System.out.println(name + ": " + e);
        }
    }
}
