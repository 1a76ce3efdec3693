package dev.atoll.stack.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.congestion.CongestionControl;
import dev.atoll.stack.congestion.CongestionWindow;
import dev.atoll.stack.env.Clock;
import dev.atoll.stack.env.Rng;
import dev.atoll.stack.link.ChannelLink;
import dev.atoll.stack.link.LinkEndpoint;
import dev.atoll.stack.link.NestedLink;
import dev.atoll.stack.wire.MacAddress;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A broken implementation fails its contract, in the tests that are about what is broken, and in no others. */
class ContractsBiteTest {
    /** Its threshold falls to one, it remembers growth that it does not archive, and all share it. */
    private static final class SharedGrowth extends CongestionControlContract {
        private static int growth;

        @Override
        protected CongestionControl create(CongestionWindow window) {
            return new CongestionControl() {
                @Override
                public String name() {
                    return "shared growth of all connections";
                }

                @Override
                public void acknowledged(int acked, long nowNs) {
                    window.set(10 + ++growth % 1000);
                }

                @Override
                public int thresholdAfterLoss() {
                    return window.segments() < 3 ? 1 : 2 * window.segments();
                }

                @Override
                public int windowAfterUndo(int priorWindow) {
                    return priorWindow;
                }
            };
        }
    }

    @Test
    void congestionControl() throws ReflectiveOperationException {
        assertEquals(
                Set.of(
                        "name_isOneThatCanBeSet_andAlwaysTheSame",
                        "thresholdAfterLoss_isTwoOrMore_howeverSmallTheWindow",
                        "loss_doesNotRaiseTheWindow",
                        "sameCalls_makeTheSameWindows",
                        "connections_doNotShareAnything",
                        "archive_isAllThatItKnows"),
                Failing.testsOf(SharedGrowth.class));
    }

    private static final class Backwards extends ClockContract {
        private long now;

        @Override
        protected Clock clock() {
            return new Clock() {
                @Override
                public long nowNs() {
                    return --now;
                }

                @Override
                public long epochNs() {
                    return 0;
                }
            };
        }

        @Override
        protected void passNs(long ns) {}
    }

    @Test
    void clock() throws ReflectiveOperationException {
        assertEquals(
                Set.of(
                        "monotonicTime_neverGoesBack",
                        "monotonicTime_passesInNanoseconds",
                        "wallClock_passesInNanosecondsToo"),
                Failing.testsOf(Backwards.class));
    }

    /** The way of a first try: values come back after 100 draws, with 48 bits. */
    private static final class Weak extends RngContract {
        @Override
        protected Rng rng() {
            Rng strong = Rng.seeded(1);
            long[] values = new long[100];
            for (int i = 0; i < values.length; i++) {
                values[i] = strong.nextLong() >>> 16;
            }
            int[] next = {0};
            return new Rng() {
                @Override
                public long nextLong() {
                    return values[next[0]++ % values.length];
                }

                @Override
                public int nextInt(int bound) {
                    return (int) (nextLong() % (bound + 1));
                }
            };
        }
    }

    @Test
    void rng() throws ReflectiveOperationException {
        assertEquals(
                Set.of(
                        "values_areNotRepeated",
                        "everyBit_isSometimesSetAndSometimesNot",
                        "bound_isKept_andEveryValueBelowItComesUp"),
                Failing.testsOf(Weak.class));
    }

    /** Keeps the last frame itself instead of a copy, tells nobody of room, and delivers when closed. */
    private static final class Keeping extends LinkEndpointContract {
        private final ChannelLink channel = new ChannelLink(
                1500, MacAddress.parse("02:00:00:00:00:01"), LinkEndpoint.Capabilities.PLAIN_ETHERNET, 3);

        @Override
        protected LinkEndpoint newLink() {
            return new NestedLink(channel) {
                private @Nullable PacketBuffer last;
                private int mtuBytes = 1500;

                @Override
                public int mtuBytes() {
                    return mtuBytes--;
                }

                @Override
                public boolean transmit(PacketBuffer frame) {
                    last = pool().copy(frame);
                    return super.transmit(Objects.requireNonNull(last));
                }

                @Override
                public void deliver(PacketBuffer frame) {
                    outer().deliver(pool().copy(frame));
                    frame.arrivalNs = 0;
                    outer().deliver(frame);
                }

                @Override
                public void writable() {}

                @Override
                public void close() {}
            };
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
    void link() throws ReflectiveOperationException {
        assertEquals(
                Set.of(
                        "whatItSaysOfItself_isAlwaysTheSame",
                        "frames_comeOutInOrder_asTheyWereWhenSent",
                        "sentFrame_isNotKept",
                        "arrivingFrame_isDeliveredOnce_withTheTimeOfItsArrival",
                        "linkWithoutRoom_keepsWhatItTook_andSaysWhenThereIsRoomAgain",
                        "closedLink_deliversNothing_andHoldsNothing"),
                Failing.testsOf(Keeping.class));
    }
}
