package dev.atoll.stack.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.atoll.stack.filter.Matcher;
import dev.atoll.stack.filter.PacketContext;
import dev.atoll.stack.filter.RejectWith;
import dev.atoll.stack.filter.StandardTarget;
import dev.atoll.stack.filter.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Broken matchers and targets fail their contracts, in the tests that are about what is broken. */
class FilterContractsBiteTest {
    /** Reads a port without asking whether it is there. */
    private static final class Reading extends MatcherContract {
        @Override
        protected Matcher newMatcher() {
            return context -> Matcher.of(context.packet()
                            .toArray()[
                            context.packet().transportOffset - context.packet().start() + 1]
                    == 80);
        }
    }

    /** Changes what it sees, what it says of itself, and its mind; takes notes. */
    private static final class Fickle extends MatcherContract {
        private static int count;
        private final List<Integer> notes = new ArrayList<>();

        @Override
        protected Matcher newMatcher() {
            return new Matcher() {
                private int asked;

                @Override
                public Result match(PacketContext context) {
                    notes.add(context.lengthBytes() + 1000);
                    context.packet().mark = ++count;
                    return Matcher.of(count % 7919 == 0);
                }

                @Override
                public boolean needsConnTrack() {
                    return ++asked % 2 == 0;
                }
            };
        }
    }

    /** Says it is constant and looks at marks. */
    private static final class Changing extends MatcherContract {
        @Override
        protected Matcher newMatcher() {
            return new Matcher() {
                @Override
                public Result match(PacketContext context) {
                    return Matcher.of(context.packet().mark != 0);
                }

                @Override
                public boolean isConstant() {
                    return true;
                }
            };
        }
    }

    @Test
    void matcher() throws ReflectiveOperationException {
        assertEquals(
                Set.of(
                        "whatItSaysOfItself_isAlwaysTheSame",
                        "anyPacket_isJudged",
                        "packet_isLeftAsItWas",
                        "samePackets_areJudgedTheSame",
                        "nothingIsAllocated"),
                Failing.testsOf(Reading.class));
        assertEquals(
                Set.of(
                        "whatItSaysOfItself_isAlwaysTheSame",
                        "packet_isLeftAsItWas",
                        "samePackets_areJudgedTheSame",
                        "nothingIsAllocated"),
                Failing.testsOf(Fickle.class));
        assertEquals(Set.of("constant_saysTheSameOfTheFlowsNextPacket"), Failing.testsOf(Changing.class));
    }

    /** Takes the packet away, jumps to nowhere, changes its mind and what it says of itself; takes notes. */
    private static final class Taking extends TargetContract {
        private static int count;
        private final List<Integer> notes = new ArrayList<>();

        @Override
        protected Target newTarget() {
            return new Target() {
                @Override
                public Action apply(PacketContext context) {
                    notes.add(context.lengthBytes() + 1000);
                    context.packet().trimTo(0);
                    return ++count % 7919 == 0 ? Action.JUMP : Action.CONTINUE;
                }

                @Override
                public RejectWith rejectWith() {
                    return count % 2 == 0 ? RejectWith.ICMP_HOST_UNREACHABLE : RejectWith.ICMP_NET_UNREACHABLE;
                }

                @Override
                public @Nullable String chain() {
                    return null;
                }
            };
        }
    }

    /** Resets what is no TCP. */
    private static final class Resetting extends TargetContract {
        @Override
        protected Target newTarget() {
            Target inner = new StandardTarget.Reject(RejectWith.TCP_RESET);
            return new Target() {
                @Override
                public Action apply(PacketContext context) {
                    return inner.apply(context);
                }

                @Override
                public RejectWith rejectWith() {
                    return inner.rejectWith();
                }
            };
        }
    }

    @Test
    void target() throws ReflectiveOperationException {
        assertEquals(
                Set.of(
                        "whatItSaysOfItself_isAlwaysTheSame",
                        "anyPacket_getsAnAction_thatCanBeCarriedOut",
                        "packet_staysTheStacks",
                        "samePackets_getTheSameActions",
                        "nothingIsAllocated"),
                Failing.testsOf(Taking.class));
        assertEquals(Set.of("anyPacket_getsAnAction_thatCanBeCarriedOut"), Failing.testsOf(Resetting.class));
    }
}
