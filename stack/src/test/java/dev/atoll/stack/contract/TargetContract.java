package dev.atoll.stack.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.filter.Hook;
import dev.atoll.stack.filter.Matcher;
import dev.atoll.stack.filter.PacketContext;
import dev.atoll.stack.filter.RejectWith;
import dev.atoll.stack.filter.TableName;
import dev.atoll.stack.filter.Target;
import dev.atoll.stack.wire.IpProtocol;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * What the filter relies on in a {@link Target}. It meets packets of several protocols and of both families at every
 * hook, whole and as fragments, with anything behind the IP header, in a rule that names the protocol it needs.
 */
public abstract class TargetContract {
    private static final int SEEDS = 5;
    private static final Matcher ALL = context -> Matcher.Result.YES;

    protected TargetContract() {}

    /** A new one, as it is before the first packet; each is the same. */
    protected abstract Target newTarget();

    /** A target that does something of its own around another. */
    private abstract static class Around implements Target {
        final Target inner;

        Around(Target inner) {
            this.inner = inner;
        }

        @Override
        public @Nullable String chain() {
            return inner.chain();
        }

        @Override
        public RejectWith rejectWith() {
            return inner.rejectWith();
        }

        @Override
        public int requiredProtocol() {
            return inner.requiredProtocol();
        }

        @Override
        public boolean needsConnTrack() {
            return inner.needsConnTrack();
        }

        @Override
        public @Nullable TableName requiredTable() {
            return inner.requiredTable();
        }

        @Override
        public Set<Hook> hooks() {
            return inner.hooks();
        }
    }

    private static void run(Around around) {
        for (int seed = 0; seed < SEEDS; seed++) {
            new FilterContract(around.requiredProtocol(), ALL, around).run(seed);
        }
    }

    private static List<Target.Action> actions(Target target) {
        List<Target.Action> actions = new ArrayList<>();
        run(new Around(target) {
            @Override
            public Action apply(PacketContext context) {
                Action action = inner.apply(context);
                actions.add(action);
                return action;
            }
        });
        return actions;
    }

    @Test
    void whatItSaysOfItself_isAlwaysTheSame() {
        Target target = newTarget();
        int protocol = target.requiredProtocol();
        assertTrue(protocol == Matcher.ANY_PROTOCOL || (protocol > 0 && protocol <= 255), "protocol " + protocol);
        String chain = target.chain();
        RejectWith rejectWith = target.rejectWith();
        boolean needsConnTrack = target.needsConnTrack();
        TableName table = target.requiredTable();
        Set<Hook> hooks = target.hooks();
        boolean constant = target.isConstant();
        run(new Around(target) {
            @Override
            public Action apply(PacketContext context) {
                Action action = inner.apply(context);
                assertEquals(protocol, inner.requiredProtocol());
                assertEquals(chain, inner.chain());
                assertEquals(rejectWith, inner.rejectWith());
                assertEquals(needsConnTrack, inner.needsConnTrack());
                assertEquals(table, inner.requiredTable());
                assertEquals(hooks, inner.hooks());
                assertEquals(constant, inner.isConstant());
                return action;
            }
        });
    }

    @Test
    void anyPacket_getsAnAction_thatCanBeCarriedOut() {
        run(new Around(newTarget()) {
            @Override
            public Action apply(PacketContext context) {
                Action action = inner.apply(context);
                assertNotNull(action, () -> "for a packet at " + context.hook());
                if (action == Action.JUMP || action == Action.GOTO) {
                    assertNotNull(inner.chain(), "where to");
                }
                if (action == Action.REJECT) {
                    assertNotNull(inner.rejectWith(), "how");
                    assertTrue(
                            inner.rejectWith() != RejectWith.TCP_RESET || inner.requiredProtocol() == IpProtocol.TCP,
                            "a TCP reset is for TCP alone");
                }
                return action;
            }
        });
    }

    /** It may change what is in a packet, not where it lies, nor give it back: the stack goes on with it. */
    @Test
    void packet_staysTheStacks() {
        run(new Around(newTarget()) {
            @Override
            public Action apply(PacketContext context) {
                PacketBuffer packet = context.packet();
                List<Integer> before = places(packet);
                Action action = inner.apply(context);
                assertEquals(before, places(packet));
                return action;
            }
        });
    }

    private static List<Integer> places(PacketBuffer packet) {
        return List.of(
                packet.start(),
                packet.end(),
                packet.networkOffset,
                packet.transportOffset,
                packet.transportProtocol,
                packet.ipVersion);
    }

    /** Who simulates a network replays it. */
    @Test
    void samePackets_getTheSameActions() {
        assertEquals(actions(newTarget()), actions(newTarget()));
    }

    @Test
    void nothingIsAllocated() {
        if (newTarget().requiredTable() == TableName.NAT) {
            // Met by the first packet of a flow, for which the flow itself is made.
            return;
        }
        assertEquals(
                0,
                Allocation.fewestBytesOf(measure -> run(new Around(newTarget()) {
                    @Override
                    public Action apply(PacketContext context) {
                        measure.begin();
                        Action action = inner.apply(context);
                        measure.end();
                        return action;
                    }
                })));
    }
}
