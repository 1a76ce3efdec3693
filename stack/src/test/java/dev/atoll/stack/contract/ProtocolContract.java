package dev.atoll.stack.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.archive.Archivable;
import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.buffer.BufferPool;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.Rng;
import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.Timer;
import dev.atoll.stack.env.TimerQueue;
import dev.atoll.stack.protocol.NetworkContext;
import dev.atoll.stack.protocol.TransportContext;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.MacAddress;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * What the stack relies on in a protocol that it is given, above or beside IP. Everything is called by one thread, as
 * under the stack's hold, by a stack that has no network: it writes down what is sent.
 *
 * @param <P> the protocol's interface
 */
abstract class ProtocolContract<P extends Archivable> {
    private static final int STEPS = 500;
    private static final int SEEDS = 3;
    private static final int LONGEST_BYTES = 1480;

    /** The stack that a protocol is attached to here. */
    static final class Surroundings implements TransportContext, NetworkContext {
        private final BufferPool pool = new BufferPool();
        private final TimerQueue timers = new TimerQueue();
        private final List<String> log = new ArrayList<>();
        private Rng rng = Rng.seeded(1);
        private long nowNs = 1_000_000_000L;
        private boolean running;

        @Override
        public BufferPool pool() {
            return pool;
        }

        @Override
        public long nowNs() {
            return nowNs;
        }

        @Override
        public Rng rng() {
            return rng;
        }

        @Override
        public Timer newTimer(Timer.Action action) {
            return new Timer(timers, action);
        }

        @Override
        public void execute(Runnable work) {
            work.run();
        }

        @Override
        public @Nullable IpAddress sourceFor(FullAddress destination) {
            return destination.address().isV4() ? PacketSamples.LOCAL : PacketSamples.LOCAL6;
        }

        @Override
        public @Nullable StackError send(
                PacketBuffer packet, @Nullable IpAddress source, FullAddress destination, int ttl, int tos) {
            assertTrue(ttl >= 1 && ttl <= 255, "a packet has 1 to 255 hops to go, and not " + ttl);
            assertTrue(tos >= 0 && tos <= 255, "type of service is an octet, and not " + tos);
            return sent(packet, source + " to " + destination.address() + ", ttl " + ttl + ", tos " + tos);
        }

        @Override
        public void confirmReachable(FullAddress destination) {
            log.add(nowNs + " " + destination.address() + " is there");
        }

        @Override
        public @Nullable StackError send(PacketBuffer packet, int nicId, MacAddress to) {
            return sent(packet, "by " + nicId + " to " + to);
        }

        private @Nullable StackError sent(PacketBuffer packet, String way) {
            assertTrue(running, "nothing can be sent while the stack is built");
            log.add(nowNs + " " + way + ": " + HexFormat.of().formatHex(packet.toArray()));
            PacketSamples.overwrite(packet);
            packet.release();
            return null;
        }

        void note(Object what) {
            log.add(nowNs + " " + what);
        }
    }

    /** A new protocol, for a stack of its own. */
    protected abstract P newProtocol();

    /**
     * A packet that the protocol takes, from its own header on.
     *
     * @param number 0, 1, 2 and so on, in the order of their coming; they may be alike
     */
    protected abstract byte[] packet(int number);

    /** Packets that the protocol may have in the stack's memory after it was called; by default none. */
    protected int mayKeep() {
        return 0;
    }

    ProtocolContract() {}

    abstract int minimumPacketBytes(P protocol);

    abstract int number(P protocol);

    abstract void attach(P protocol, Surroundings stack);

    /** A packet as the protocol is shown it. */
    abstract PacketBuffer arrived(BufferPool pool, P protocol, boolean ipv4, byte[] bytes);

    /**
     * Shows the protocol a packet.
     *
     * @return what it says of it
     */
    abstract Object receive(P protocol, PacketBuffer packet);

    /** What the protocol says of a packet that it takes. */
    abstract Object taken();

    /** Something other than a packet that a stack may call a protocol with. */
    abstract void interrupt(P protocol, Surroundings stack, SplittableRandom random);

    final P attached(Surroundings stack) {
        P protocol = newProtocol();
        attach(protocol, stack);
        stack.running = true;
        return protocol;
    }

    private byte[] next(P protocol, SplittableRandom random, int step) {
        byte[] bytes = packet(step);
        switch (random.nextInt(4)) {
            case 0 -> {
                return bytes;
            }
            case 1 -> {
                if (bytes.length > 0) {
                    bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
                }
                return bytes;
            }
            case 2 -> {
                int least = minimumPacketBytes(protocol);
                return java.util.Arrays.copyOf(bytes, least + random.nextInt(Math.max(1, bytes.length - least)));
            }
            default -> {
                return PacketSamples.bytes(random, minimumPacketBytes(protocol) + random.nextInt(64));
            }
        }
    }

    /**
     * Packets good and bad, time that passes and whatever else there is, in an order that the seed decides.
     *
     * @param gone what was shown is overwritten afterwards, as it may be; else its memory stays as it is
     */
    private List<String> drive(P protocol, Surroundings stack, long seed, boolean gone) {
        SplittableRandom random = new SplittableRandom(seed);
        stack.rng = Rng.seeded(seed);
        stack.log.clear();
        for (int step = 0; step < STEPS; step++) {
            switch (random.nextInt(8)) {
                case 0 -> {
                    stack.nowNs += random.nextLong(3_000_000_000L);
                    stack.timers.runDue(stack.nowNs);
                }
                case 1 -> interrupt(protocol, stack, random);
                default -> {
                    byte[] bytes = next(protocol, random, step);
                    PacketBuffer packet =
                            arrived(gone ? stack.pool : new BufferPool(), protocol, random.nextBoolean(), bytes);
                    stack.note(receive(protocol, packet));
                    if (gone) {
                        PacketSamples.overwrite(packet);
                        packet.release();
                    }
                }
            }
        }
        return List.copyOf(stack.log);
    }

    private List<String> fresh(long seed, boolean gone) {
        Surroundings stack = new Surroundings();
        return drive(attached(stack), stack, seed, gone);
    }

    @Test
    void whatItSaysOfItself_isAlwaysTheSame() {
        Surroundings stack = new Surroundings();
        P protocol = newProtocol();
        int number = number(protocol);
        int minimum = minimumPacketBytes(protocol);
        assertTrue(minimum >= 0 && minimum <= LONGEST_BYTES, "at least " + minimum + " bytes");
        attach(protocol, stack);
        stack.running = true;
        drive(protocol, stack, 1, true);
        assertEquals(number, number(protocol));
        assertEquals(minimum, minimumPacketBytes(protocol));
        assertEquals(number, number(newProtocol()));
    }

    @Test
    void packetOfTheProtocol_isTaken() {
        Surroundings stack = new Surroundings();
        P protocol = attached(stack);
        for (int i = 0; i < 10; i++) {
            byte[] bytes = packet(i);
            assertTrue(bytes.length >= minimumPacketBytes(protocol), bytes.length + " bytes");
            PacketBuffer packet = arrived(stack.pool, protocol, true, bytes);
            assertEquals(taken(), receive(protocol, packet));
            packet.release();
        }
    }

    /** What comes from the network is no reason to throw anything: the stack would stop. */
    @Test
    void anyPacket_isAnswered_andLeftAsItWas() {
        Surroundings stack = new Surroundings();
        P protocol = attached(stack);
        SplittableRandom random = new SplittableRandom(1);
        for (int step = 0; step < 2000; step++) {
            PacketBuffer packet = arrived(stack.pool, protocol, random.nextBoolean(), next(protocol, random, step));
            PacketSamples.Snapshot before = PacketSamples.Snapshot.of(packet);
            receive(protocol, packet);
            assertEquals(before, PacketSamples.Snapshot.of(packet), "its sender may be told of it, with what it was");
            packet.release();
        }
    }

    @Test
    void packetShown_isNotUsedAfterwards() {
        for (long seed = 1; seed <= SEEDS; seed++) {
            assertEquals(fresh(seed, false), fresh(seed, true), "seed " + seed);
        }
    }

    @Test
    void whatIsKept_hasALimit() {
        Surroundings stack = new Surroundings();
        P protocol = attached(stack);
        for (long seed = 1; seed <= SEEDS; seed++) {
            drive(protocol, stack, seed, true);
            long kept = stack.pool.outstanding();
            assertTrue(kept >= 0 && kept <= mayKeep(), kept + " packets of the stack's are kept");
        }
    }

    /** Time, timers and randomness are the stack's; who simulates a network replays it. */
    @Test
    void samePackets_haveTheSameEffect() {
        for (long seed = 1; seed <= SEEDS; seed++) {
            assertEquals(fresh(seed, true), fresh(seed, true), "seed " + seed);
        }
    }

    @Test
    void protocolsOfTwoStacks_doNotShareAnything() {
        List<String> alone = fresh(1, true);
        Surroundings stack = new Surroundings();
        P protocol = attached(stack);
        fresh(2, true);
        assertEquals(alone, drive(protocol, stack, 1, true));
    }

    @Test
    void archive_isAllThatItKnows() {
        Surroundings stack = new Surroundings();
        P protocol = attached(stack);
        drive(protocol, stack, 1, true);
        Archive saving = Archive.saving();
        stack.timers.archive(saving);
        protocol.archive(saving);
        saving.end();
        Surroundings other = new Surroundings();
        other.nowNs = stack.nowNs;
        P restored = attached(other);
        Archive restoring = Archive.restoring(saving.toByteArray());
        other.timers.archive(restoring);
        restored.archive(restoring);
        restoring.end();
        assertEquals(drive(protocol, stack, 2, true), drive(restored, other, 2, true));
    }
}
