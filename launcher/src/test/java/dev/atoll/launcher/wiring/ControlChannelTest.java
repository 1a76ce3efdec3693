package dev.atoll.launcher.wiring;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.launcher.supervise.ControlConnection;
import dev.atoll.launcher.sys.Libc;
import dev.atoll.runtime.control.ControlCodec;
import dev.atoll.runtime.control.ControlRecord.Failed;
import dev.atoll.runtime.control.ControlRecord.FailureCode;
import dev.atoll.runtime.control.ControlRecord.ToLauncher;
import io.netty.channel.IoEventLoopGroup;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ControlChannelTest {
    private static final int LIMIT_S = 20;

    /** Netty reads on after a buffer that was filled, and nothing may be there any more. */
    @Test
    void recordThatFillsTheBuffer_doesNotHoldUpTheLoop() throws Exception {
        int[] pair = Libc.socketpair();
        BlockingQueue<ToLauncher> heard = new LinkedBlockingQueue<>();
        ControlConnection control = new ControlConnection(pair[0], heard::add);
        IoEventLoopGroup loop = new LoopModule().loop();
        try {
            ControlChannel channel = new ControlChannel(loop, control);
            channel.open();
            // Buffers have sizes of powers of two.
            for (int bytes = 256; bytes <= 1 << 15; bytes *= 2) {
                Libc.write(pair[1], record(bytes));
                assertNotNull(heard.poll(LIMIT_S, TimeUnit.SECONDS));
                assertTrue(loop.submit(() -> {}).await(LIMIT_S, TimeUnit.SECONDS), bytes + " bytes: it waits for more");
            }
            Libc.close(pair[1]);
            assertTrue(channel.awaitEnd(), "the end is seen");
        } finally {
            Libc.shutdownWrite(pair[0]);
            loop.shutdownGracefully(0, LIMIT_S, TimeUnit.SECONDS).awaitUninterruptibly(LIMIT_S, TimeUnit.SECONDS);
            Libc.close(pair[0]);
        }
    }

    private static byte[] record(int bytes) {
        int head = ControlCodec.encode(new Failed(FailureCode.START, "")).length;
        return ControlCodec.encode(new Failed(FailureCode.START, "x".repeat(bytes - head)));
    }
}
