package dev.atoll.stack.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.atoll.stack.NeighborListener;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.link.ChannelLink;
import dev.atoll.stack.link.InjectableLink;
import dev.atoll.stack.link.LinkDispatcher;
import dev.atoll.stack.link.LinkEndpoint;
import dev.atoll.stack.link.NestedLink;
import dev.atoll.stack.options.TcpProbe;
import dev.atoll.stack.protocol.NetworkContext;
import dev.atoll.stack.protocol.NetworkProtocol;
import dev.atoll.stack.protocol.TransportContext;
import dev.atoll.stack.protocol.TransportDisposition;
import dev.atoll.stack.protocol.TransportProtocol;
import dev.atoll.stack.protocol.UnclaimedPacketHandler;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.MacAddress;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Broken protocols, handlers, listeners and links fail their contracts, in the tests that are about what is broken. */
class HostedContractsBiteTest {
    /** Answers each packet with a number; each of these is broken in one way. */
    private abstract static class Numbering implements TransportProtocol {
        private @Nullable TransportContext context;

        abstract int next(PacketBuffer packet);

        final TransportContext context() {
            return Objects.requireNonNull(context);
        }

        @Override
        public int protocolNumber() {
            return 253;
        }

        @Override
        public void attach(TransportContext newContext) {
            context = newContext;
        }

        @Override
        public TransportDisposition receive(PacketBuffer packet) {
            PacketBuffer answer = context().pool().allocate(Integer.BYTES);
            answer.data().putInt(answer.append(Integer.BYTES), next(packet));
            FullAddress to = new FullAddress(new IpAddress(packet.sourceHigh, packet.sourceLow), 0);
            context().send(answer, null, to, 64, 0);
            return TransportDisposition.HANDLED;
        }
    }

    private abstract static class OfTransport extends TransportProtocolContract {
        @Override
        protected byte[] packet(int number) {
            return new byte[] {1, 2, 3, (byte) number};
        }
    }

    /** All protocols count together. */
    private static final class Sharing extends OfTransport {
        private static int count;

        @Override
        protected TransportProtocol newProtocol() {
            return new Numbering() {
                @Override
                int next(PacketBuffer packet) {
                    return count++;
                }
            };
        }
    }

    /** It counts, and does not save what it counted. */
    private static final class Forgetting extends OfTransport {
        @Override
        protected TransportProtocol newProtocol() {
            return new Numbering() {
                private int count;

                @Override
                int next(PacketBuffer packet) {
                    return count++;
                }
            };
        }
    }

    /** It looks at the packet before, which is somebody else's by now. */
    private static final class LookingBack extends OfTransport {
        @Override
        protected TransportProtocol newProtocol() {
            return new Numbering() {
                private @Nullable PacketBuffer last;

                @Override
                int next(PacketBuffer packet) {
                    PacketBuffer before = last == null ? packet : last;
                    last = packet;
                    return before.data().get(before.transportOffset);
                }
            };
        }
    }

    /** It keeps a copy of each packet, writes into it, and has a number and a minimum that no packet fits. */
    private static final class Careless extends OfTransport {
        @Override
        protected TransportProtocol newProtocol() {
            return new Numbering() {
                private int number = 256;

                @Override
                public int protocolNumber() {
                    return number++;
                }

                @Override
                int next(PacketBuffer packet) {
                    context().pool().copy(packet);
                    packet.data().put(packet.networkOffset, (byte) 0);
                    return 0;
                }

                @Override
                public TransportDisposition receive(PacketBuffer packet) {
                    super.receive(packet);
                    return TransportDisposition.MALFORMED;
                }
            };
        }
    }

    @Test
    void transportProtocol() throws ReflectiveOperationException {
        assertEquals(
                Set.of(
                        "packetShown_isNotUsedAfterwards",
                        "samePackets_haveTheSameEffect",
                        "protocolsOfTwoStacks_doNotShareAnything",
                        "archive_isAllThatItKnows"),
                Failing.testsOf(Sharing.class));
        assertEquals(Set.of("archive_isAllThatItKnows"), Failing.testsOf(Forgetting.class));
        assertEquals(Set.of("packetShown_isNotUsedAfterwards"), Failing.testsOf(LookingBack.class));
        assertEquals(
                Set.of(
                        "number_isOneThatTheIpHeaderHolds",
                        "whatItSaysOfItself_isAlwaysTheSame",
                        "packetOfTheProtocol_isTaken",
                        "anyPacket_isAnswered_andLeftAsItWas",
                        "whatIsKept_hasALimit"),
                Failing.testsOf(Careless.class));
    }

    /** It believes the length in its packets and reads on beyond them, takes none of its own, and its number is an IEEE 802.3 length. */
    private static final class Believing extends NetworkProtocolContract {
        @Override
        protected NetworkProtocol newProtocol() {
            return new NetworkProtocol() {
                @Override
                public int etherType() {
                    return 100;
                }

                @Override
                public boolean receive(PacketBuffer packet) {
                    int length = packet.data().get(packet.start());
                    for (int i = 0; i < length; i++) {
                        if (packet.data().get(packet.start() + i) < 0) {
                            return true;
                        }
                    }
                    packet.consume(length);
                    return false;
                }
            };
        }

        @Override
        protected byte[] packet(int number) {
            return new byte[] {4, 1, 2, 3};
        }
    }

    /** Sends before there is anything to send by. */
    private static final class Hasty extends NetworkProtocolContract {
        @Override
        protected NetworkProtocol newProtocol() {
            return new NetworkProtocol() {
                @Override
                public int etherType() {
                    return 0x88b5;
                }

                @Override
                public void attach(NetworkContext context) {
                    context.send(context.pool().allocate(1), 2, MacAddress.parse("ff:ff:ff:ff:ff:ff"));
                }

                @Override
                public boolean receive(PacketBuffer packet) {
                    return true;
                }
            };
        }

        @Override
        protected byte[] packet(int number) {
            return new byte[4];
        }
    }

    @Test
    void networkProtocol() throws ReflectiveOperationException {
        assertEquals(
                Set.of(
                        "number_isOneThatTheEthernetHeaderHolds",
                        "packetOfTheProtocol_isTaken",
                        "anyPacket_isAnswered_andLeftAsItWas",
                        "packetShown_isNotUsedAfterwards"),
                Failing.testsOf(Believing.class));
        assertEquals(
                Set.of(
                        "whatItSaysOfItself_isAlwaysTheSame",
                        "packetOfTheProtocol_isTaken",
                        "anyPacket_isAnswered_andLeftAsItWas",
                        "packetShown_isNotUsedAfterwards",
                        "whatIsKept_hasALimit",
                        "samePackets_haveTheSameEffect",
                        "protocolsOfTwoStacks_doNotShareAnything",
                        "archive_isAllThatItKnows"),
                Failing.testsOf(Hasty.class));
    }

    /** Takes every other packet of all handlers' by what the one before says, and writes into it. */
    private static final class Meddling extends UnclaimedPacketHandlerContract {
        private @Nullable PacketBuffer last;
        private int count;

        @Override
        protected UnclaimedPacketHandler newHandler() {
            return (id, packet) -> {
                PacketBuffer before = last;
                last = packet;
                packet.data().put(packet.transportOffset, (byte) 1);
                return ++count % 3 == 0 || (before != null && before.data().get(before.transportOffset) == 1);
            };
        }

        @Override
        protected int protocol() {
            return 17;
        }
    }

    /** Remembers the packet before. */
    private static final class Remembering extends UnclaimedPacketHandlerContract {
        @Override
        protected UnclaimedPacketHandler newHandler() {
            PacketBuffer[] last = new PacketBuffer[1];
            return (id, packet) -> {
                PacketBuffer before = last[0];
                last[0] = packet;
                return before != null && before.data().get(before.transportOffset) < 0;
            };
        }

        @Override
        protected int protocol() {
            return 17;
        }
    }

    /** Counts what all handlers saw. */
    private static final class Counting extends UnclaimedPacketHandlerContract {
        private int count;

        @Override
        protected UnclaimedPacketHandler newHandler() {
            return (id, packet) -> ++count % 7 == 0;
        }

        @Override
        protected int protocol() {
            return 17;
        }
    }

    @Test
    void unclaimedPacketHandler() throws ReflectiveOperationException {
        assertEquals(
                Set.of(
                        "anyPacket_isAnswered_andLeftAsItWas",
                        "packetShown_isNotUsedAfterwards",
                        "samePackets_areAnsweredTheSame"),
                Failing.testsOf(Meddling.class));
        assertEquals(Set.of("packetShown_isNotUsedAfterwards"), Failing.testsOf(Remembering.class));
        assertEquals(
                Set.of("packetShown_isNotUsedAfterwards", "samePackets_areAnsweredTheSame"),
                Failing.testsOf(Counting.class));
    }

    /** Comes to an end, and begins with 0. */
    private static final class Wrapping extends IdSourceContract {
        private static final AtomicLong NEXT = new AtomicLong();

        @Override
        protected LongSupplier newSource() {
            return () -> NEXT.getAndIncrement() % 7001;
        }
    }

    @Test
    void idSource() throws ReflectiveOperationException {
        assertEquals(
                Set.of("numbers_areGivenOnce", "zero_isNobodysNumber", "sourcesOfTwoStacks_giveTheSameNumbers"),
                Failing.testsOf(Wrapping.class));
    }

    /** Wants to know of an entry from its beginning on, and is one thread's. */
    private static final class Picky extends NeighborListenerContract {
        @Override
        protected NeighborListener newListener() {
            Thread maker = Thread.currentThread();
            boolean[] added = new boolean[1];
            return (nicId, event, entry) -> {
                added[0] |= event == NeighborListener.Event.ADDED;
                if (!added[0] || Thread.currentThread() != maker) {
                    throw new IllegalStateException("not so");
                }
            };
        }
    }

    @Test
    void neighborListener() throws ReflectiveOperationException {
        assertEquals(
                Set.of("everyEvent_isTaken", "anyThread_mayTell", "comesBack_withoutTheStackBeingDriven"),
                Failing.testsOf(Picky.class));
    }

    /** Takes sequence numbers for ordinary ones, and is one thread's. */
    private static final class Ordinary extends TcpProbeContract {
        @Override
        protected TcpProbe newProbe() {
            Thread maker = Thread.currentThread();
            return event -> {
                if (event.before().sndNxt() < event.before().sndUna() || Thread.currentThread() != maker) {
                    throw new IllegalStateException("not so");
                }
            };
        }
    }

    @Test
    void tcpProbe() throws ReflectiveOperationException {
        assertEquals(
                Set.of("everyEvent_isTaken", "anyThread_mayTell", "comesBack_withoutTheStackBeingDriven"),
                Failing.testsOf(Ordinary.class));
    }

    /** Copies what is injected, sends nothing on whose turn it is, and goes on after its end. */
    private static final class Copying extends InjectableLinkContract {
        private final ChannelLink channel = new ChannelLink(
                1500, MacAddress.parse("02:00:00:00:00:01"), LinkEndpoint.Capabilities.PLAIN_ETHERNET, 3);

        private static final class Link extends NestedLink implements InjectableLink {
            private @Nullable LinkDispatcher stack;

            Link(ChannelLink inner) {
                super(inner);
            }

            @Override
            public void attach(LinkDispatcher dispatcher) {
                stack = dispatcher;
                super.attach(dispatcher);
            }

            @Override
            public void injectInbound(PacketBuffer frame) {
                LinkDispatcher to = stack;
                if (to != null) {
                    to.deliver(to.pool().copy(frame));
                    to.deliver(frame);
                }
            }

            @Override
            public boolean injectOutbound(IpAddress destination, PacketBuffer frame) {
                injectInbound(pool().copy(frame));
                return true;
            }
        }

        @Override
        protected InjectableLink newLink() {
            return new Link(channel);
        }

        @Override
        protected byte @Nullable [] takeAtOtherEnd() {
            return channel.read();
        }

        @Override
        protected void sendFromOtherEnd(byte[] frame) {
            channel.inject(frame);
        }
    }

    @Test
    void injectableLink() throws ReflectiveOperationException {
        assertEquals(
                Set.of(
                        "frameInjectedInbound_isDeliveredOnce_andNotCopied",
                        "frameInjectedInbound_beforeTheLinkIsAttached_orAfterItsEnd_isReleased",
                        "frameInjectedOutbound_comesOutInItsTurn_andIsNotKept",
                        "frameInjectedOutbound_whereThereIsNoRoom_isRefused_untilThereIs",
                        // Its room is that of three.
                        "frames_comeOutInOrder_asTheyWereWhenSent"),
                Failing.testsOf(Copying.class));
    }
}
