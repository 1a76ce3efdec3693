package dev.atoll.shim.agent.programs;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.AsynchronousServerSocketChannel;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.CompletionHandler;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/** Says which threads the default group of asynchronous channels has. */
public final class DefaultGroup {
    private static final AtomicInteger MADE = new AtomicInteger();

    private DefaultGroup() {}

    /** For {@code java.nio.channels.DefaultThreadPool.threadFactory}. */
    public static final class Factory implements ThreadFactory {
        @Override
        public Thread newThread(Runnable work) {
            Thread thread = new Thread(work, "made " + MADE.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        }
    }

    public static void main(String[] arguments) throws Exception {
        AsynchronousServerSocketChannel server;
        try {
            server = AsynchronousServerSocketChannel.open();
        } catch (Error e) {
            System.out.println(e);
            return;
        }
        System.out.println("at once: " + MADE);
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        CountDownLatch told = new CountDownLatch(1);
        server.accept("", new CompletionHandler<AsynchronousSocketChannel, Object>() {
            @Override
            public void completed(AsynchronousSocketChannel channel, Object attachment) {
                Thread thread = Thread.currentThread();
                System.out.println("made: " + thread.getName().startsWith("made ") + ", daemon: " + thread.isDaemon());
                told.countDown();
            }

            @Override
            public void failed(Throwable cause, Object attachment) {
                System.out.println(cause);
            }
        });
        AsynchronousSocketChannel.open().connect(server.getLocalAddress()).get();
        told.await();
        // The group's threads do not keep the JVM alive.
    }
}
