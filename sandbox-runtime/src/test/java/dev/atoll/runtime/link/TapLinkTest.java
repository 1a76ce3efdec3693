package dev.atoll.runtime.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.runtime.host.HostCalls;
import dev.atoll.stack.buffer.BufferPool;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.Rng;
import dev.atoll.stack.wire.MacAddress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * The link contract over a socket pair that keeps borders, as a TAP does but with a peer that can be held up; and what
 * the virtio header says.
 */
class TapLinkTest extends BackPressureContractTest {
    private static final MacAddress LINK_ADDRESS = MacAddress.parse("02:00:00:00:00:01");
    private static final int HEADER = VirtioNetHeader.LENGTH_BYTES;

    static final class PairWire implements Wire {
        private final PolledLink link;
        private final HostDescriptor peer;
        private final ByteBuffer in = ByteBuffer.allocate(HEADER + BufferPool.MAX_BYTES);
        byte[] lastHeader = new byte[0];

        PairWire() throws IOException {
            int[] pair = HostCalls.socketPair(HostCalls.SOCK_SEQPACKET);
            link = new TapLink(HostDescriptor.adopt(pair[0]), LINK_ADDRESS, 1500, true);
            peer = HostDescriptor.adopt(pair[1]);
        }

        @Override
        public PolledLink link() {
            return link;
        }

        @Override
        public boolean send(byte[] frame) throws IOException {
            return send(new byte[HEADER], frame);
        }

        boolean send(byte[] header, byte[] frame) throws IOException {
            ByteBuffer both = ByteBuffer.allocate(header.length + frame.length)
                    .put(header)
                    .put(frame)
                    .flip();
            return peer.write(both) == both.capacity();
        }

        @Override
        public byte @Nullable [] receive() throws IOException {
            int count = peer.read(in.clear());
            if (count <= 0) {
                return null;
            }
            lastHeader = Arrays.copyOf(in.array(), HEADER);
            return Arrays.copyOfRange(in.array(), HEADER, count);
        }

        @Override
        public void hangUp() throws IOException {
            peer.close();
        }

        @Override
        public int maxFrameBytes() {
            return 0xffff + 14;
        }

        @Override
        public void close() throws IOException {
            peer.close();
        }
    }

    @Override
    Wire openWire() throws Exception {
        return new PairWire();
    }

    private PairWire pair() {
        return (PairWire) wire;
    }

    /** A header in the host's byte order, written by hand. */
    private static byte[] header(int flags, int gsoType, int hdrLen, int gsoSize, int csumStart, int csumOffset) {
        return ByteBuffer.allocate(HEADER)
                .order(java.nio.ByteOrder.nativeOrder())
                .put((byte) flags)
                .put((byte) gsoType)
                .putShort((short) hdrLen)
                .putShort((short) gsoSize)
                .putShort((short) csumStart)
                .putShort((short) csumOffset)
                .array();
    }

    @Test
    void outgoing_completeChecksum_leavesNothingToTheHost() throws Exception {
        transmit(PacketBuffer.copyOf(frame(Rng.seeded(20), 60)));
        awaitSent();
        assertEquals(Arrays.toString(new byte[HEADER]), Arrays.toString(pair().lastHeader));
    }

    @Test
    void outgoing_partialChecksum_saysWhereItGoes() throws Exception {
        PacketBuffer packet = PacketBuffer.copyOf(frame(Rng.seeded(21), 80));
        packet.checksumPartial = true;
        packet.checksumStart = packet.start() + 34;
        packet.checksumOffset = 6;
        transmit(packet);
        awaitSent();
        assertEquals(Arrays.toString(header(1, 0, 0, 0, 34, 6)), Arrays.toString(pair().lastHeader));
    }

    @Test
    void outgoing_superSegment_saysHowItIsCut() throws Exception {
        PacketBuffer packet = superSegment(0x18);
        transmit(packet);
        assertEquals(9000, awaitSent().length);
        assertEquals(Arrays.toString(header(1, 1, 14 + 20 + 32, 1448, 34, 16)), Arrays.toString(pair().lastHeader));
    }

    @Test
    void outgoing_superSegmentWithCwr_saysThatOnlyTheFirstKeepsIt() throws Exception {
        transmit(superSegment(0x98));
        awaitSent();
        assertTrue(VirtioNetHeader.hasEcn(ByteBuffer.wrap(pair().lastHeader), 0));
        assertEquals(1, VirtioNetHeader.gsoType(ByteBuffer.wrap(pair().lastHeader), 0));
    }

    private static PacketBuffer superSegment(int tcpFlags) {
        PacketBuffer packet = PacketBuffer.copyOf(frame(Rng.seeded(22), 9000));
        packet.checksumPartial = true;
        packet.checksumStart = packet.start() + 34;
        packet.checksumOffset = 16;
        packet.data().put(packet.checksumStart + 12, (byte) 0x80);
        packet.data().put(packet.checksumStart + 13, (byte) tcpFlags);
        packet.gsoType = PacketBuffer.GSO_TCPV4;
        packet.gsoSize = 1448;
        return packet;
    }

    @Test
    void incoming_partialChecksum_isVouchedForAndStaysPartial() throws Exception {
        assertTrue(pair().send(header(1, 0, 0, 0, 34, 16), frame(Rng.seeded(23), 100)));
        awaitFrames(1);
        PacketBuffer got = dispatcher.frames.get(0);
        assertTrue(got.checksumValidated);
        assertTrue(got.checksumPartial);
        assertEquals(got.start() + 34, got.checksumStart);
        assertEquals(16, got.checksumOffset);
    }

    @Test
    void incoming_validatedChecksum_isVouchedFor() throws Exception {
        assertTrue(pair().send(header(2, 0, 0, 0, 0, 0), frame(Rng.seeded(24), 100)));
        awaitFrames(1);
        assertTrue(dispatcher.frames.get(0).checksumValidated);
        assertFalse(dispatcher.frames.get(0).checksumPartial);
    }

    @Test
    void incoming_plain_isNotVouchedFor() throws Exception {
        assertTrue(pair().send(header(0, 0, 0, 0, 0, 0), frame(Rng.seeded(25), 100)));
        awaitFrames(1);
        assertFalse(dispatcher.frames.get(0).checksumValidated);
    }

    @Test
    void incoming_superSegment_keepsItsSegmentSizeAndItsPlaceInMemory() throws Exception {
        assertTrue(pair().send(header(1, 4 | 0x80, 74, 1428, 54, 16), frame(Rng.seeded(26), 60_000)));
        awaitFrames(1);
        PacketBuffer got = dispatcher.frames.get(0);
        assertEquals(PacketBuffer.GSO_TCPV6, got.gsoType);
        assertEquals(1428, got.gsoSize);
        assertEquals(60_000, got.length());
        assertEquals(got.data().capacity(), got.data().limit(), "absolute access reaches all of it");
    }

    @Test
    void incoming_small_doesNotHoldLargeMemory() throws Exception {
        assertTrue(wire.send(frame(Rng.seeded(27), 60)));
        awaitFrames(1);
        assertTrue(dispatcher.frames.get(0).trueSize() < 1024);
    }

    @Test
    void incoming_malformedHeader_isCountedAndDropped() throws Exception {
        byte[][] headers = {
            header(1, 0, 0, 0, 99, 0), // checksum field beyond the end
            header(1, 0, 0, 0, 0xffff, 0xffff),
            header(1, 0, 0, 0, 0, 4), // inside the Ethernet header
            header(1, 1, 54, 0, 34, 16), // segments of no bytes
            header(0, 1, 54, 1448, 0, 0), // super-segment with a complete checksum
            header(1, 3, 42, 1448, 34, 6), // UDP fragmentation: not asked for
            header(1, 5, 42, 1448, 34, 6), // UDP segmentation: not asked for
            header(1, 99, 42, 1448, 34, 6),
        };
        for (byte[] header : headers) {
            assertTrue(pair().send(header, frame(Rng.seeded(28), 100)));
        }
        assertTrue(pair().send(new byte[HEADER], new byte[13])); // no whole Ethernet header
        assertTrue(pair().send(new byte[3], new byte[0])); // no whole virtio header
        assertTrue(wire.send(frame(Rng.seeded(29), 60)));
        awaitFrames(1);
        assertEquals(headers.length + 2, link.counters().malformed());
        assertEquals(60, dispatcher.frames.get(0).length());
    }

    @Test
    void incoming_randomHeaders_neverLeadOutsideTheFrame() throws Exception {
        int seen = 0;
        for (int seed = 0; seed < 2000; seed++) {
            Rng rng = Rng.seeded(seed);
            ByteBuffer header =
                    ByteBuffer.allocate(HEADER + 6).putLong(rng.nextLong()).putLong(rng.nextLong());
            header.put(0, (byte) rng.nextInt(4)).put(1, (byte) (rng.nextInt(3) == 0 ? rng.nextLong() : rng.nextInt(2)));
            // Little-endian hosts have the high octets here: keep them small now and then.
            header.put(7, (byte) rng.nextInt(2)).put(9, (byte) rng.nextInt(2));
            assertTrue(pair().send(Arrays.copyOf(header.array(), HEADER), frame(rng, 14 + rng.nextInt(400))));
            poll();
            for (PacketBuffer got : dispatcher.frames) {
                seen++;
                if (got.checksumPartial) {
                    int field = got.checksumStart + got.checksumOffset;
                    assertTrue(field >= got.start() && field + 2 <= got.end(), "seed " + seed);
                }
                assertTrue(got.gsoType == PacketBuffer.GSO_NONE || got.gsoSize > 0, "seed " + seed);
            }
            dispatcher.releaseAll();
        }
        assertTrue(seen > 100, "the generator makes headers that pass, too: " + seen);
        assertTrue(link.counters().malformed() > 100, link.counters()::toString);
    }
}
