package dev.atoll.stack.frames;

import dev.atoll.stack.Nic;
import dev.atoll.stack.Stack;
import dev.atoll.stack.StackBuilder;
import dev.atoll.stack.check.Bytes;
import dev.atoll.stack.check.Checks;
import dev.atoll.stack.check.EthernetFrame;
import dev.atoll.stack.check.FrameCheck;
import dev.atoll.stack.check.Icmpv6Message;
import dev.atoll.stack.check.Ipv4Packet;
import dev.atoll.stack.check.Ipv6Packet;
import dev.atoll.stack.env.Ipv6Settings;
import dev.atoll.stack.env.ManualClock;
import dev.atoll.stack.env.Rng;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.MacAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** One stack in virtual time whose only neighbour is the test, which sees and makes every frame. */
public final class OneStack implements AutoCloseable {
    public static final long SECOND = 1_000_000_000L;
    public static final MacAddress PEER_MAC = MacAddress.parse("02:00:00:00:00:99");
    public static final IpAddress LINK_LOCAL = IpAddress.parse("fe80::ff:fe00:1");
    public static final IpAddress PEER_LINK_LOCAL = IpAddress.parse("fe80::99");

    public final ManualClock clock = new ManualClock(1_000_000_000_000L, 0);
    public final TestLink link;
    public final Stack stack;
    public final Nic nic;

    public OneStack(Ipv6Settings settings) throws StackException {
        this(settings, 1500);
    }

    public OneStack(Ipv6Settings settings, int mtuBytes) throws StackException {
        this(settings, mtuBytes, builder -> {});
    }

    public OneStack(Ipv6Settings settings, int mtuBytes, Consumer<StackBuilder> more) throws StackException {
        StackBuilder builder = Stack.builder().clock(clock).rng(Rng.seeded(1)).ipv6(settings);
        more.accept(builder);
        stack = builder.build();
        link = new TestLink(mtuBytes);
        nic = stack.createNic("eth0", link);
    }

    /** A stack whose addresses are usable and whose groups are reported. */
    public static OneStack ready() throws StackException {
        OneStack net = new OneStack(Ipv6Settings.DEFAULT.withDadTransmits(0).withRouterDiscovery(false));
        net.advance(SECOND);
        net.frames();
        return net;
    }

    /** A frame from the peer. */
    public void send(MacAddress to, int etherType, Bytes packet) {
        byte[] frame =
                new EthernetFrame(to, PEER_MAC, etherType, packet).encode().toArray();
        stack.run(() -> link.deliver(frame));
    }

    /** A packet from the peer, to the link address its destination asks for. */
    public void send(Ipv6Packet packet) {
        IpAddress to = packet.destination();
        MacAddress mac =
                to.isMulticast() ? new MacAddress(0x3333_0000_0000L | (to.low() & 0xffff_ffffL)) : TestLink.MAC;
        send(mac, EthernetFrame.IPV6, packet.encode());
    }

    public void send(Ipv4Packet packet) {
        send(TestLink.MAC, EthernetFrame.IPV4, packet.encode());
    }

    /** Answers a neighbour solicitation, so that packets to the address go to the peer from now on. */
    public void resolve(IpAddress address) {
        send(Icmpv6Message.advertisement(address, 3, PEER_MAC).packet(address, LINK_LOCAL));
    }

    /** All frames sent since the last time. */
    public List<byte[]> frames() {
        List<byte[]> frames = new ArrayList<>();
        for (byte[] frame = link.poll(); frame != null; frame = link.poll()) {
            frames.add(frame);
        }
        return frames;
    }

    /** Exactly one frame was sent since the last time, and it passes the checks. */
    @SafeVarargs
    public final void expect(FrameCheck<EthernetFrame>... checks) {
        List<byte[]> frames = frames();
        if (frames.size() != 1) {
            StringBuilder text = new StringBuilder("expected one frame, got " + frames.size());
            frames.forEach(frame -> text.append('\n').append(Bytes.of(frame)));
            throw new AssertionError(text.toString());
        }
        Checks.frame(frames.get(0), checks);
    }

    /** Nothing was sent since the last time. */
    public void expectNothing() {
        List<byte[]> frames = frames();
        if (!frames.isEmpty()) {
            throw new AssertionError("expected no frame, got " + Bytes.of(frames.get(0)));
        }
    }

    /** Lets time pass, stopping at each deadline. */
    public void advance(long spanNs) {
        long endNs = clock.nowNs() + spanNs;
        while (true) {
            long next = stack.run(() -> {});
            if (next == Long.MAX_VALUE || next - endNs > 0) {
                clock.advanceTo(endNs);
                stack.run(() -> {});
                return;
            }
            clock.advanceTo(next);
        }
    }

    @Override
    public void close() {
        stack.close();
        if (stack.packetsOutstanding() != 0) {
            throw new AssertionError(stack.packetsOutstanding() + " packets leaked");
        }
    }
}
