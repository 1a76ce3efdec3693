package dev.atoll.launcher.netty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.runtime.clock.SystemClock;
import dev.atoll.runtime.loop.FailureReport;
import dev.atoll.runtime.sandbox.Blocking;
import dev.atoll.runtime.sandbox.SandboxPair;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.socket.TcpListener;
import io.netty.channel.IoEventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A stack on Netty's loop and one on the plain loop, joined by a stream link: the launcher's end and the program's. */
@Timeout(60)
class NettySandboxTest {
    private static final int PORT = 8080;
    private static final int BYTES = 4 * 1024 * 1024;

    @Test
    void bothDrivers_moveBytesBothWays() throws Exception {
        MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        CompletableFuture<Throwable> failed = new CompletableFuture<>();
        FailureReport report = failed::complete;
        IoEventLoop loop = group.next();
        try (SandboxPair pair = new SandboxPair(
                        builder -> builder.driver(new NettyStackDriver(loop, new SystemClock(), report)),
                        builder -> builder.failures(report));
                TcpListener listener = Blocking.listen(pair.first.stack(), PORT)) {
            CompletableFuture<Integer> echoed = CompletableFuture.supplyAsync(() -> echo(listener));
            try (Blocking client = Blocking.connect(pair.second.stack(), SandboxPair.FIRST, PORT)) {
                CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> send(client));
                ByteBuffer back = ByteBuffer.allocate(BYTES + 1);
                while (client.read(back)) {
                    assertTrue(back.hasRemaining(), "no more comes back than was sent");
                }
                sent.get(30, TimeUnit.SECONDS);
                assertEquals(ByteBuffer.wrap(pattern()), back.flip());
            }
            assertEquals(BYTES, echoed.get(30, TimeUnit.SECONDS));
        } finally {
            group.shutdownGracefully(0, 10, TimeUnit.SECONDS).syncUninterruptibly();
        }
        assertEquals(null, failed.getNow(null));
    }

    private static byte[] pattern() {
        byte[] pattern = new byte[BYTES];
        for (int i = 0; i < BYTES; i++) {
            pattern[i] = (byte) (i * 31 + (i >> 8));
        }
        return pattern;
    }

    private static void send(Blocking stream) {
        try {
            stream.write(ByteBuffer.wrap(pattern()));
            stream.endpoint.shutdownWrite();
        } catch (StackException e) {
            throw new IllegalStateException(e);
        }
    }

    private static int echo(TcpListener listener) {
        int bytes = 0;
        try (Blocking stream = Blocking.accept(listener)) {
            ByteBuffer buffer = ByteBuffer.allocate(64 * 1024);
            while (stream.read(buffer.clear())) {
                bytes += buffer.flip().remaining();
                stream.write(buffer);
            }
        } catch (StackException e) {
            throw new IllegalStateException(e);
        }
        return bytes;
    }
}
