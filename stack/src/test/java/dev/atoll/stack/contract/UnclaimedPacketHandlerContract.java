package dev.atoll.stack.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.atoll.stack.buffer.BufferPool;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.protocol.UnclaimedPacketHandler;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.TransportEndpointId;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What the stack relies on in an {@link UnclaimedPacketHandler}. Called by one thread, as under the stack's hold. */
public abstract class UnclaimedPacketHandlerContract {
    private static final int PACKETS = 500;
    private static final int MOST_BYTES = 100;

    private final BufferPool pool = new BufferPool();

    protected UnclaimedPacketHandlerContract() {}

    /** A new one, as it is before the first packet; each is the same. */
    protected abstract UnclaimedPacketHandler newHandler();

    /** The protocol that it is named for, 0 to 255. */
    protected abstract int protocol();

    /** Shows it packets of both families with anything behind the IP header, and says what became of them. */
    private List<Boolean> show(UnclaimedPacketHandler handler, boolean gone) {
        SplittableRandom random = new SplittableRandom(1);
        List<Boolean> answers = new ArrayList<>();
        for (int i = 0; i < PACKETS; i++) {
            byte[] bytes = PacketSamples.bytes(random, 8 + random.nextInt(MOST_BYTES));
            PacketBuffer packet =
                    PacketSamples.packet(gone ? pool : new BufferPool(), random.nextBoolean(), protocol(), 0, bytes);
            packet.consume(packet.transportOffset - packet.start());
            PacketSamples.Snapshot before = PacketSamples.Snapshot.of(packet);
            answers.add(handler.handle(id(packet, random), packet));
            assertEquals(before, PacketSamples.Snapshot.of(packet), "its sender may be told of it, with what it was");
            if (gone) {
                PacketSamples.overwrite(packet);
                packet.release();
            }
        }
        return answers;
    }

    private static TransportEndpointId id(PacketBuffer packet, SplittableRandom random) {
        return new TransportEndpointId(
                new IpAddress(packet.destinationHigh, packet.destinationLow),
                random.nextInt(0x10000),
                new IpAddress(packet.sourceHigh, packet.sourceLow),
                random.nextInt(0x10000));
    }

    @Test
    void anyPacket_isAnswered_andLeftAsItWas() {
        show(newHandler(), /* gone= */ true);
        assertEquals(0, pool.outstanding());
    }

    @Test
    void packetShown_isNotUsedAfterwards() {
        assertEquals(show(newHandler(), /* gone= */ false), show(newHandler(), /* gone= */ true));
    }

    /** Who simulates a network replays it. */
    @Test
    void samePackets_areAnsweredTheSame() {
        assertEquals(show(newHandler(), /* gone= */ true), show(newHandler(), /* gone= */ true));
    }
}
