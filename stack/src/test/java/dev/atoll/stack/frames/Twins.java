package dev.atoll.stack.frames;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.atoll.stack.StackBuilder;
import dev.atoll.stack.env.Ipv6Settings;
import dev.atoll.stack.env.Rng;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.socket.UdpEndpoint;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;

/** A stack that has lived, and one that was restored from it: from then on the same happens to both. */
public final class Twins implements AutoCloseable {
    /** Something that happens to a stack. */
    @FunctionalInterface
    public interface Happening {
        void on(OneStack net) throws StackException;
    }

    /** Randomness that begins anew when both do. */
    private static final class Fate implements Rng {
        private Rng now;

        Fate(long seed) {
            now = Rng.seeded(seed);
        }

        @Override
        public long nextLong() {
            return now.nextLong();
        }
    }

    public final OneStack lived;
    public final OneStack restored;

    /**
     * Makes two stacks alike, lets one live, and restores the other from it: all of the lower half is the same then.
     *
     * @param settled what both are made of beyond their settings, such as more NICs
     */
    public Twins(Ipv6Settings settings, Consumer<StackBuilder> more, Happening settled, Happening life)
            throws StackException {
        Fate first = new Fate(1);
        Fate second = new Fate(2);
        lived = new OneStack(settings, 1500, builder -> more.accept(builder.rng(first)));
        restored = new OneStack(settings, 1500, builder -> more.accept(builder.rng(second)));
        settled.on(lived);
        settled.on(restored);
        life.on(lived);
        lived.frames();
        restored.frames();
        restored.clock.advanceTo(lived.clock.nowNs());
        LowerHalf.restore(restored.stack, LowerHalf.save(lived.stack));
        lived.expectNothing();
        restored.expectNothing();
        assertSame();
        first.now = Rng.seeded(3);
        second.now = Rng.seeded(3);
    }

    public Twins(Ipv6Settings settings, Happening life) throws StackException {
        this(settings, builder -> {}, net -> {}, life);
    }

    private void assertSame() {
        assertEquals(List.of(), LowerHalf.differences(lived.stack, restored.stack));
    }

    /** Lets the same happen to both, which send the same frames for it. */
    public Twins then(Happening happening) throws StackException {
        happening.on(lived);
        happening.on(restored);
        assertEquals(text(lived.frames()), text(restored.frames()));
        assertSame();
        return this;
    }

    /** A datagram from port 7 to port 9 of somebody on the link, or beyond. */
    public static void send(OneStack net, IpAddress to, int bytes) throws StackException {
        try (UdpEndpoint endpoint = net.stack.newUdpEndpoint()) {
            endpoint.bind(new FullAddress(IpAddress.V6_ANY, 7));
            int nicId = to.isLinkLocal() ? net.nic.id() : 0;
            endpoint.send(ByteBuffer.allocate(bytes), new FullAddress(nicId, to, 9));
        }
    }

    private static List<String> text(List<byte[]> frames) {
        List<String> text = new ArrayList<>();
        for (byte[] frame : frames) {
            text.add(HexFormat.of().formatHex(frame));
        }
        return text;
    }

    @Override
    public void close() {
        lived.close();
        restored.close();
    }
}
