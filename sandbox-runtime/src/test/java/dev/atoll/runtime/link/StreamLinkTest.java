package dev.atoll.runtime.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.runtime.host.HostCalls;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.Rng;
import dev.atoll.stack.wire.MacAddress;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The link contract over an inherited socket, and what the framing adds to it. */
class StreamLinkTest extends BackPressureContractTest {
    private static final MacAddress LINK_ADDRESS = MacAddress.parse("02:00:00:00:00:01");

    /** The other end: frames put together and taken apart by other code than the link's. */
    static final class StreamWire implements Wire {
        private final PolledLink link;
        final HostDescriptor peer;
        private final ByteBuffer in =
                ByteBuffer.allocate(2 * StreamLink.MAX_FRAME_BYTES).flip();
        private @Nullable ByteBuffer unsent;

        StreamWire(HostDescriptor own, HostDescriptor peer) {
            link = new StreamLink(own, LINK_ADDRESS, 1500);
            this.peer = peer;
        }

        @Override
        public PolledLink link() {
            return link;
        }

        @Override
        public boolean send(byte[] frame) throws IOException {
            if (unsent != null) {
                peer.write(unsent);
                if (unsent.hasRemaining()) {
                    return false;
                }
            }
            unsent = ByteBuffer.allocate(4 + frame.length)
                    .putInt(frame.length)
                    .put(frame)
                    .flip();
            peer.write(unsent);
            return true;
        }

        @Override
        public byte @Nullable [] receive() throws IOException {
            in.compact();
            peer.read(in);
            in.flip();
            if (in.remaining() < 4 || in.remaining() < 4 + in.getInt(in.position())) {
                return null;
            }
            byte[] frame = new byte[in.getInt()];
            in.get(frame);
            return frame;
        }

        @Override
        public void hangUp() throws IOException {
            peer.close();
        }

        @Override
        public int maxFrameBytes() {
            return StreamLink.MAX_FRAME_BYTES;
        }

        @Override
        public void close() throws IOException {
            peer.close();
        }
    }

    @Override
    Wire openWire() throws Exception {
        int[] pair = HostCalls.socketPair(HostCalls.SOCK_STREAM);
        return new StreamWire(HostDescriptor.adopt(pair[0]), HostDescriptor.adopt(pair[1]));
    }

    private HostDescriptor peer() {
        return ((StreamWire) wire).peer;
    }

    private void sendRaw(byte... bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            peer().write(buffer);
        }
    }

    @Test
    void incoming_cutAnywhere_isPutTogether() throws Exception {
        byte[] frame = frame(Rng.seeded(10), 40);
        byte[] framed = ByteBuffer.allocate(44).putInt(40).put(frame).array();
        for (int i = 0; i < 3; i++) {
            for (byte each : framed) {
                sendRaw(each);
                poll();
            }
        }
        assertEquals(3, dispatcher.frames.size());
        assertEquals(40, dispatcher.frames.get(2).length());
    }

    @Test
    void incoming_manyFrames_takeOneSystemCall() throws Exception {
        byte[] frame = frame(Rng.seeded(11), 1000);
        for (int i = 0; i < 50; i++) {
            assertTrue(wire.send(frame));
        }
        poll();
        assertEquals(50, dispatcher.frames.size());
        assertEquals(1, link.counters().readCalls());
    }

    @Test
    void outgoing_manyFramesInOneCycle_takeOneSystemCall() throws Exception {
        byte[] frame = frame(Rng.seeded(12), 1000);
        for (int i = 0; i < 100; i++) {
            assertTrue(transmit(PacketBuffer.copyOf(frame)));
        }
        link.flush();
        assertEquals(1, link.counters().writeCalls());
        for (int i = 0; i < 100; i++) {
            assertEquals(1000, awaitSent().length);
        }
        link.flush();
        assertEquals(1, link.counters().writeCalls(), "nothing to send is no system call");
    }

    @Test
    void incoming_moreThanABatch_saysSoWithoutAskingTheSocket() throws Exception {
        byte[] frame = frame(Rng.seeded(13), 14);
        for (int i = 0; i < StreamLink.BATCH_FRAMES + 1; i++) {
            assertTrue(wire.send(frame));
        }
        assertTrue(link.poll(true, false), "one frame is left inside");
        assertEquals(StreamLink.BATCH_FRAMES, dispatcher.frames.size());
        assertEquals(false, link.poll(false, false));
        assertEquals(StreamLink.BATCH_FRAMES + 1, dispatcher.frames.size());
    }

    @Test
    void incoming_shorterThanAHeader_isCountedAndSkipped() throws Exception {
        sendRaw((byte) 0, (byte) 0, (byte) 0, (byte) 0);
        sendRaw((byte) 0, (byte) 0, (byte) 0, (byte) 1, (byte) 42);
        assertTrue(wire.send(frame(Rng.seeded(14), 14)));
        awaitFrames(1);
        assertEquals(2, link.counters().malformed());
        assertTrue(dispatcher.failures.isEmpty());
    }

    @Test
    void incoming_lengthBeyondTheLimit_failsTheLinkAndSaysWhy() throws Exception {
        assertTrue(wire.send(frame(Rng.seeded(15), 14)));
        int tooLong = StreamLink.MAX_FRAME_BYTES + 1;
        sendRaw(ByteBuffer.allocate(4).putInt(tooLong).array());
        poll();
        assertEquals(1, dispatcher.frames.size(), "what came before is delivered");
        assertEquals(1, dispatcher.failures.size());
        assertTrue(dispatcher.failures.get(0).contains("announced a frame of " + tooLong + " bytes"));
    }

    @Test
    void incoming_negativeLength_isOneBeyondTheLimit() throws Exception {
        sendRaw((byte) -1, (byte) -1, (byte) -1, (byte) -1);
        poll();
        assertTrue(dispatcher.failures.get(0).contains("4294967295"), dispatcher.failures::toString);
    }

    @Test
    void endInsideAFrame_isSaidSo() throws Exception {
        sendRaw((byte) 0, (byte) 0, (byte) 0, (byte) 20, (byte) 1);
        wire.hangUp();
        while (dispatcher.failures.isEmpty()) {
            poll();
        }
        assertEquals("the other end closed the link inside a frame", dispatcher.failures.get(0));
    }

    @Test
    void randomBytes_neverThrow() throws Exception {
        for (int seed = 0; seed < 200; seed++) {
            Rng rng = Rng.seeded(seed);
            RecordingDispatcher victim = new RecordingDispatcher();
            int[] pair = HostCalls.socketPair(HostCalls.SOCK_STREAM);
            HostDescriptor attacker = HostDescriptor.adopt(pair[1]);
            StreamLink attacked = new StreamLink(HostDescriptor.adopt(pair[0]), LINK_ADDRESS, 1500);
            attacked.attach(victim);
            for (int i = 0; i < 50 && victim.failures.isEmpty(); i++) {
                byte[] noise = new byte[1 + rng.nextInt(64)];
                for (int at = 0; at < noise.length; at++) {
                    // Mostly zeros, so that lengths are small now and then and parsing goes on.
                    noise[at] = rng.nextInt(4) == 0 ? (byte) rng.nextLong() : 0;
                }
                attacker.write(ByteBuffer.wrap(noise));
                attacked.poll(true, true);
            }
            victim.releaseAll();
            attacked.close();
            attacker.close();
            assertEquals(0, victim.pool().outstanding(), "seed " + seed);
        }
    }

    @Test
    void openedByPath_carriesFrames(@TempDir Path folder) throws Exception {
        Path path = folder.resolve("link.sock");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(path));
            HostDescriptor own = HostDescriptor.connect(path, SelectorProvider.provider());
            try (SocketChannel accepted = server.accept()) {
                StreamLink byPath = new StreamLink(own, LINK_ADDRESS, 1500);
                RecordingDispatcher to = new RecordingDispatcher();
                byPath.attach(to);
                byte[] frame = frame(Rng.seeded(16), 77);
                accepted.write(ByteBuffer.allocate(81).putInt(77).put(frame).flip());
                byPath.poll(true, false);
                assertEquals(77, to.frames.get(0).length());
                to.releaseAll();
                byPath.close();
                assertEquals(-1, accepted.read(ByteBuffer.allocate(1)), "closing reaches the other end");
            }
        }
    }

    @Test
    void openedByPath_nobodyListens_namesThePath(@TempDir Path folder) {
        Path path = folder.resolve("nobody.sock");
        IOException refused = org.junit.jupiter.api.Assertions.assertThrows(
                IOException.class, () -> HostDescriptor.connect(path, SelectorProvider.provider()));
        assertTrue(String.valueOf(refused.getMessage()).contains(path.toString()), refused::toString);
    }
}
