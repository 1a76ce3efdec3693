package dev.atoll.launcher.jvms;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.launcher.report.Reports;
import dev.atoll.launcher.report.RunningJvm;
import dev.atoll.launcher.sys.UnixSocket;
import dev.atoll.runtime.control.ControlRecord;
import dev.atoll.runtime.control.ControlRecord.Link;
import dev.atoll.runtime.control.ControlRecord.LinkKind;
import dev.atoll.runtime.control.ControlRecord.Names;
import dev.atoll.runtime.control.ControlRecord.Setup;
import dev.atoll.stack.wire.MacAddress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class AdmissionTest {
    private static final int PID = 7;
    private static final int LIMIT_S = 20;
    private static final int MTU_BYTES = 1500;

    /** Who has heard from a JVM finds it in the status file. */
    @Test
    void isSeenBeforeTheJvmHearsOfIt(@TempDir Path directory) throws Exception {
        Path door = directory.resolve("door");
        BlockingQueue<String> seen = new LinkedBlockingQueue<>();
        CompletableFuture<Jvms> jvms = new CompletableFuture<>();
        try (UnixSocket listener = UnixSocket.listenAt(door.toString(), 1);
                SocketChannel asking = SocketChannel.open(UnixDomainSocketAddress.of(door));
                UnixSocket asked = listener.accept()) {
            asking.configureBlocking(false);
            assertTrue(jvms.complete(
                    jvms(() -> seen.add(pids(jvms.join().running()) + ", told " + heardBytes(asking) + " bytes"))));
            CompletableFuture<Void> served =
                    CompletableFuture.runAsync(() -> jvms.join().serve(asked, PID));
            assertEquals("[7], told 0 bytes", seen.poll(LIMIT_S, TimeUnit.SECONDS));

            asking.configureBlocking(true);
            assertTrue(heardBytes(asking) > 0);
            // The observer reads, too, and there may be nothing more.
            asking.configureBlocking(false);
            asking.shutdownOutput();
            served.get(LIMIT_S, TimeUnit.SECONDS);
            assertTrue(seen.remove().startsWith("[], "));
        }
    }

    private static Jvms jvms(Runnable observer) {
        Setup setup = new Setup(
                "island",
                new Link(
                        LinkKind.NONE,
                        ControlRecord.NO_DESCRIPTOR,
                        "",
                        MTU_BYTES,
                        new MacAddress(0x0200_0000_0001L),
                        0,
                        false),
                List.of(),
                null,
                List.of(),
                Names.NONE,
                false,
                false,
                ControlRecord.NO_DESCRIPTOR,
                false,
                false,
                false);
        JvmNetwork network = JvmNetwork.none(MTU_BYTES, "it is a test");
        return new Jvms(1, network, place -> setup, null, new Reports(), observer, text -> {});
    }

    private static List<Integer> pids(List<RunningJvm> running) {
        return running.stream().map(RunningJvm::pid).toList();
    }

    private static int heardBytes(SocketChannel from) {
        try {
            return from.read(ByteBuffer.allocate(1 << 16));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
