package dev.atoll.stack.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.link.InjectableLink;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the stack, and links that lead to several, rely on in an {@link InjectableLink}: what they do in any, and more. */
public abstract class InjectableLinkContract extends LinkEndpointContract {
    protected InjectableLinkContract() {}

    @Override
    protected abstract InjectableLink newLink();

    private InjectableLink attachedLink() {
        InjectableLink link = newLink();
        link.attach(stack);
        return link;
    }

    private PacketBuffer packet(byte[] frame) {
        PacketBuffer packet = stack.pool().allocate(frame.length);
        packet.data().put(packet.append(frame.length), frame);
        packet.arrivalNs = stack.nowNs();
        return packet;
    }

    private boolean injectOutbound(InjectableLink link, byte[] frame) {
        PacketBuffer packet = packet(frame);
        boolean taken = link.injectOutbound(DESTINATION, packet);
        PacketSamples.overwrite(packet);
        packet.release();
        return taken;
    }

    @Test
    void frameInjectedInbound_isDeliveredOnce_andNotCopied() {
        InjectableLink link = attachedLink();
        PacketBuffer packet = packet(frame(3));
        PacketSamples.Snapshot before = PacketSamples.Snapshot.of(packet);
        link.injectInbound(packet);
        assertEquals(List.of(before), stack.snapshots());
        assertEquals(0, stack.pool().outstanding());
    }

    @Test
    void frameInjectedInbound_beforeTheLinkIsAttached_orAfterItsEnd_isReleased() {
        InjectableLink link = newLink();
        link.injectInbound(packet(frame(1)));
        link.attach(stack);
        link.close();
        link.injectInbound(packet(frame(2)));
        assertEquals(List.of(), stack.snapshots());
        assertEquals(0, stack.pool().outstanding());
    }

    @Test
    void frameInjectedOutbound_comesOutInItsTurn_andIsNotKept() {
        InjectableLink link = attachedLink();
        assertTrue(transmit(link, frame(1)));
        assertTrue(injectOutbound(link, frame(2)));
        assertTrue(transmit(link, frame(3)));
        link.flush();
        List<byte[]> taken = takeAll();
        assertEquals(3, taken.size());
        for (int i = 0; i < 3; i++) {
            assertArrayEquals(frame(i + 1), taken.get(i));
        }
        assertEquals(0, stack.pool().outstanding());
        assertEquals(List.of(), stack.snapshots(), "it was not for the stack");
    }

    @Test
    void frameInjectedOutbound_whereThereIsNoRoom_isRefused_untilThereIs() {
        InjectableLink link = attachedLink();
        int taken = 0;
        while (taken < MORE_THAN_ANY_QUEUE && injectOutbound(link, frame(taken))) {
            taken++;
        }
        link.flush();
        assertEquals(taken, takeAll().size(), "what was taken comes out");
        if (taken < MORE_THAN_ANY_QUEUE) {
            assertTrue(stack.heardOfRoom() > 0, "who was refused waits to hear of room");
            assertTrue(injectOutbound(link, frame(1)), "there is room again");
        }
    }
}
