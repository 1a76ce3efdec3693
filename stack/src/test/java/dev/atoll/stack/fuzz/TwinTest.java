package dev.atoll.stack.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.atoll.stack.Nic;
import dev.atoll.stack.RestoredStack;
import dev.atoll.stack.Stack;
import dev.atoll.stack.StackBuilder;
import dev.atoll.stack.env.Ipv6Settings;
import dev.atoll.stack.env.ManualClock;
import dev.atoll.stack.env.Rng;
import dev.atoll.stack.frames.WholeStack;
import dev.atoll.stack.link.ChannelLink;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.MacAddress;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A stack that was restored does, bit for bit, what the one it was saved from does: both get the same frames and the same
 * calls, in time that began elsewhere for the second, and whatever one sends the other must send too.
 */
class TwinTest {
    private static final MacAddress LINK = new MacAddress(0x02_00_00_00_00_01L);
    private static final int FORKS = 12;
    private static final int STEPS_BEFORE_A_FORK = 150;
    private static final int STEPS_TOGETHER = 400;

    /** A random source that a twin can begin with where the other is. */
    private static final class Dice implements Rng {
        private long state;

        Dice(long seed) {
            state = seed;
        }

        @Override
        public long nextLong() {
            state += 0x9e3779b97f4a7c15L;
            return Rng.seeded(state).nextLong();
        }
    }

    /** A stack with what belongs to its process. */
    private static final class Life {
        final ManualClock clock;
        final Dice dice;
        final ChannelLink link = new ChannelLink(1500, LINK);
        final Stack stack;
        Traffic traffic;

        Life(long seed) throws IOException {
            clock = new ManualClock(1_000_000_000_000L, 0);
            dice = new Dice(seed);
            stack = builder(clock, dice)
                    .ipv6(Ipv6Settings.DEFAULT.withTemporaryAddresses(true))
                    .rawEndpoints(true)
                    .packetEndpoints(true)
                    .build();
            Nic nic = stack.createNic("eth0", link);
            nic.addAddress(IpAddress.parse("10.0.0.1"), 24);
            nic.addAddress(IpAddress.parse("fd00::1"), 64);
            traffic = new Traffic(stack, new SplittableRandom(seed), 1);
        }

        /** The twin of another, whose clock never heard of the other's. */
        Life(Life other) throws IOException {
            ByteArrayOutputStream saved = new ByteArrayOutputStream();
            other.stack.save(saved, other.traffic.endpoints());
            clock = new ManualClock(77_000_000_000L, 0);
            dice = new Dice(0);
            RestoredStack restored =
                    builder(clock, dice).restore(new ByteArrayInputStream(saved.toByteArray()), name -> link);
            dice.state = other.dice.state;
            stack = restored.stack();
            traffic = new Traffic(other.traffic, restored, new SplittableRandom(0));
        }

        private static StackBuilder builder(ManualClock clock, Dice dice) {
            return Stack.builder().clock(clock).rng(dice);
        }

        List<String> sent() {
            List<String> sent = new ArrayList<>();
            stack.run(() -> {
                for (byte[] frame = link.read(); frame != null; frame = link.read()) {
                    sent.add(HexFormat.of().formatHex(frame));
                }
            });
            return sent;
        }

        /** Time until something is due, nanoseconds. */
        long waitNs() {
            long next = stack.run(() -> {});
            return next == Long.MAX_VALUE ? next : next - clock.nowNs();
        }
    }

    private final SplittableRandom random = new SplittableRandom(7);
    private final List<Life> lives = new ArrayList<>();
    private final ManualClock peerClock = new ManualClock(5_000_000_000_000L, 0);
    private final ChannelLink peerLink = new ChannelLink(1500, new MacAddress(0x02_00_00_00_00_02L));

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void restored_doesWhatTheOtherDoes(long seed) throws IOException {
        Stack peer = Stack.builder()
                .clock(peerClock)
                .rng(Rng.seeded(seed + 1000))
                .ipv6(Ipv6Settings.DEFAULT)
                .rawEndpoints(true)
                .build();
        Nic nic = peer.createNic("eth0", peerLink);
        nic.addAddress(IpAddress.parse("10.0.0.2"), 24);
        nic.addAddress(IpAddress.parse("fd00::2"), 64);
        Traffic peerTraffic = new Traffic(peer, new SplittableRandom(seed + 2000), 2);
        lives.add(new Life(seed));
        for (int fork = 0; fork < FORKS; fork++) {
            for (int i = 0; i < STEPS_BEFORE_A_FORK; i++) {
                step(peer, peerTraffic, "seed " + seed + ", before fork " + fork + ", step " + i);
            }
            lives.add(new Life(lives.get(0)));
            assertEquals(List.of(), WholeStack.differences(lives.get(0).stack, lives.get(1).stack));
            for (int i = 0; i < STEPS_TOGETHER; i++) {
                step(peer, peerTraffic, "seed " + seed + ", after fork " + fork + ", step " + i);
            }
            assertEquals(
                    lives.get(0).stack.counters().snapshot(),
                    lives.get(1).stack.counters().snapshot());
            assertEquals(
                    lives.get(0).stack.packetsOutstanding(), lives.get(1).stack.packetsOutstanding());
            // The restored one goes on alone.
            Life gone = lives.remove(0);
            gone.traffic.close();
            gone.stack.close();
            assertEquals(0, gone.stack.packetsOutstanding());
        }
    }

    private void step(Stack peer, Traffic peerTraffic, String where) {
        peerTraffic.act();
        List<byte[]> frames = new ArrayList<>();
        peer.run(() -> {
            for (byte[] frame = peerLink.read(); frame != null; frame = peerLink.read()) {
                if (random.nextInt(20) > 0) {
                    frames.add(frame);
                }
            }
        });
        long dice = random.nextLong();
        List<String> sent = null;
        long waitNs = 0;
        for (Life life : lives) {
            life.traffic.rollAnew(dice);
            life.stack.run(() -> frames.forEach(life.link::inject));
            life.traffic.act();
            List<String> sentByThis = life.sent();
            long waitOfThis = life.waitNs();
            if (sent == null) {
                sent = sentByThis;
                waitNs = waitOfThis;
            } else {
                assertEquals(sent, sentByThis, where);
                assertEquals(waitNs, waitOfThis, where);
            }
        }
        for (String frame : sent == null ? List.<String>of() : sent) {
            if (random.nextInt(20) > 0) {
                peer.run(() -> peerLink.inject(HexFormat.of().parseHex(frame)));
            }
        }
        passTime(peer, waitNs);
    }

    private void passTime(Stack peer, long waitNs) {
        long span = random.nextInt(20_000_000);
        if (waitNs != Long.MAX_VALUE && random.nextInt(3) == 0) {
            span = Math.max(waitNs, 0);
        }
        peerClock.advanceNs(span);
        peer.run(() -> {});
        for (Life life : lives) {
            life.clock.advanceNs(span);
        }
    }
}
