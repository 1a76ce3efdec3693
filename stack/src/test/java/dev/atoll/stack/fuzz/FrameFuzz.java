package dev.atoll.stack.fuzz;

import dev.atoll.stack.Nic;
import dev.atoll.stack.RestoredStack;
import dev.atoll.stack.Stack;
import dev.atoll.stack.env.Counters;
import dev.atoll.stack.env.Ipv6Settings;
import dev.atoll.stack.env.ManualClock;
import dev.atoll.stack.env.Rng;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.link.ChannelLink;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.MacAddress;
import dev.atoll.stack.wire.Subnet;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Two stacks that talk to each other by every protocol they have, in virtual time, while spoiled copies of their frames
 * come in besides the frames themselves; now and then one of them is saved and goes on as another. A seed decides all of
 * it.
 *
 * <p>Nothing may throw; every frame must end in the counters of a protocol or in a {@code DropReason}; tables stay within
 * their bounds; and when both stacks are closed no packet is left.
 */
final class FrameFuzz {
    /** Frames after which both stacks are closed, have to have let go of everything, and are made anew. */
    private static final int FRAMES_OF_A_LIFE = 100_000;

    /** Once in so many turns a stack is saved, and goes on as another that was made from what was saved. */
    private static final int TURNS_OF_A_STACK = 2000;

    private static final int MAX_SPOILED_OF_ONE = 3;
    /**
     * Spoiled frames of one exchange. Two stacks that forward to each other multiply what is spoiled at every hop; without
     * a bound such a storm takes up the whole life in a second of virtual time, and nothing else is tried in it.
     */
    private static final int MAX_SPOILED_OF_AN_EXCHANGE = 50;

    /** More packets than all queues of a stack may hold together in this traffic. */
    private static final long MAX_OUTSTANDING = 20_000;

    private final long seed;
    private final SplittableRandom random;
    private final Mutator mutator;
    private long frames;

    private FrameFuzz(long seed) {
        this.seed = seed;
        random = new SplittableRandom(seed);
        mutator = new Mutator(random.split());
    }

    /**
     * Feeds at least that many spoiled frames.
     *
     * @throws AssertionError with the seed if something is wrong
     */
    static void run(long seed, long frames) {
        FrameFuzz fuzz = new FrameFuzz(seed);
        while (fuzz.frames < frames) {
            fuzz.live(fuzz.frames + FRAMES_OF_A_LIFE);
        }
    }

    private AssertionError wrong(String what, @Nullable Throwable cause) {
        return new AssertionError("seed " + seed + ", frame " + frames + ": " + what, cause);
    }

    /** One side: a stack, its link, and what has been counted before the frame at hand. */
    private final class Side {
        final ChannelLink link;
        final Stack stack;
        final Traffic traffic;
        private long counted;

        Side(ManualClock clock, int number) throws StackException {
            link = new ChannelLink(1500, new MacAddress(0x02_00_00_00_00_00L + number));
            stack = Stack.builder()
                    .clock(clock)
                    .rng(Rng.seeded(random.nextLong()))
                    .ipv6(Ipv6Settings.DEFAULT.withTemporaryAddresses(true))
                    .rawEndpoints(true)
                    .packetEndpoints(random.nextBoolean())
                    .tcpForwarder(10, request -> request.refuse())
                    .rules(FuzzRules.some(random))
                    .build();
            Nic nic = stack.createNic("eth0", link);
            nic.addAddress(IpAddress.parse("10.0.0." + number), 24);
            nic.addAddress(IpAddress.parse("fd00::" + number), 64);
            IpAddress other = IpAddress.parse("10.0.0." + (3 - number));
            stack.routes().add(Subnet.parse("192.0.2.0/24"), other, nic);
            nic.setPromiscuous(random.nextInt(4) == 0);
            nic.setForwarding(true, random.nextInt(4) == 0);
            nic.setForwarding(false, random.nextInt(4) == 0);
            traffic = new Traffic(stack, random.split(), number);
        }

        /** What the other side is after it was saved and restored. */
        private Side(ManualClock clock, Side before, byte[] saved) throws IOException {
            link = new ChannelLink(1500, before.link.linkAddress());
            RestoredStack restored = Stack.builder()
                    .clock(clock)
                    .rng(Rng.seeded(random.nextLong()))
                    .tcpForwarder(10, request -> request.refuse())
                    .restore(new ByteArrayInputStream(saved), name -> link);
            stack = restored.stack();
            traffic = new Traffic(before.traffic, restored, random.split());
        }

        Side moved(ManualClock clock) {
            try {
                ByteArrayOutputStream saved = new ByteArrayOutputStream();
                stack.save(saved, traffic.endpoints());
                stack.close();
                traffic.close();
                checkNothingLeft();
                return new Side(clock, this, saved.toByteArray());
            } catch (IOException | RuntimeException e) {
                throw wrong("a stack could not be moved", e);
            }
        }

        List<byte[]> sent() {
            List<byte[]> sent = new ArrayList<>();
            stack.run(() -> {
                for (byte[] frame = link.read(); frame != null; frame = link.read()) {
                    sent.add(frame);
                }
            });
            return sent;
        }

        /** Takes frames that come together. */
        void receive(List<byte[]> together) {
            counted = ended(stack.counters());
            try {
                stack.run(() -> together.forEach(link::inject));
            } catch (RuntimeException | Error e) {
                throw wrong(text(together), e);
            }
            if (ended(stack.counters()) - counted < together.size()) {
                throw wrong("nobody counted all of " + text(together), null);
            }
        }

        private static String text(List<byte[]> frames) {
            return frames.stream().map(Hex::of).collect(Collectors.joining(", "));
        }

        private static long ended(Counters counters) {
            return counters.allDrops()
                    + counters.arpReceived
                    + counters.ipForwarded
                    + counters.fragmentsReceived
                    + counters.icmpReceived
                    + counters.igmpReceived
                    + counters.rawReceived
                    + counters.udpReceived
                    + counters.segmentsJoined
                    + counters.tcpSegmentsReceived;
        }

        void end() {
            Counters counters = stack.counters();
            if (counters.tcpEstablished == 0 || counters.udpReceived == 0 || counters.icmpReceived == 0) {
                throw wrong("the stacks did not talk to each other", null);
            }
            if (counters.segmentsJoined == 0) {
                throw wrong("no segments were joined", null);
            }
            traffic.close();
            stack.close();
            checkNothingLeft();
        }

        private void checkNothingLeft() {
            if (stack.packetsOutstanding() != 0) {
                throw wrong(stack.packetsOutstanding() + " packets are left", null);
            }
        }

        void checkBounds() {
            Nic nic = stack.nics().get(1);
            boolean bounded = nic.neighbors().list().size() <= 1024
                    && nic.addresses().size() <= 256
                    && stack.routes().list().size() <= 4096
                    && stack.packetsOutstanding() <= MAX_OUTSTANDING;
            if (!bounded) {
                throw wrong("a table is beyond its bounds", null);
            }
        }
    }

    private void live(long until) {
        ManualClock clock = new ManualClock(1_000_000_000_000L, 0);
        try {
            Side left = new Side(clock, 1);
            Side right = new Side(clock, 2);
            while (frames < until) {
                left.traffic.act();
                right.traffic.act();
                exchange(left, right);
                exchange(right, left);
                passTime(clock, left, right);
                if (random.nextInt(TURNS_OF_A_STACK) == 0) {
                    left = left.moved(clock);
                } else if (random.nextInt(TURNS_OF_A_STACK) == 0) {
                    right = right.moved(clock);
                }
                if (random.nextInt(1000) == 0) {
                    left.checkBounds();
                    right.checkBounds();
                }
            }
            left.end();
            right.end();
        } catch (StackException e) {
            throw wrong("a stack could not be made", e);
        }
    }

    private void exchange(Side from, Side to) {
        int left = MAX_SPOILED_OF_AN_EXCHANGE;
        List<byte[]> together = new ArrayList<>();
        for (byte[] frame : from.sent()) {
            int spoiled = Math.min(left, random.nextInt(MAX_SPOILED_OF_ONE + 1));
            left -= spoiled;
            for (int i = 0; i < spoiled; i++) {
                frames++;
                // What a stack has just sent comes back to it spoiled, too.
                if (random.nextInt(8) == 0) {
                    from.receive(List.of(mutator.spoil(frame)));
                } else {
                    together.add(mutator.spoil(frame));
                }
            }
            if (random.nextInt(50) > 0) {
                together.add(frame);
            }
            if (random.nextInt(4) == 0) {
                to.receive(together);
                together.clear();
            }
        }
        to.receive(together);
    }

    private void passTime(ManualClock clock, Side left, Side right) {
        long next = Math.min(left.stack.run(() -> {}), right.stack.run(() -> {}));
        long span = random.nextInt(20_000_000);
        if (next != Long.MAX_VALUE && random.nextInt(4) == 0) {
            span = Math.max(next - clock.nowNs(), 0);
        }
        clock.advanceNs(random.nextInt(1000) == 0 ? span + 70_000_000_000L : span);
        left.stack.run(() -> {});
        right.stack.run(() -> {});
    }
}
