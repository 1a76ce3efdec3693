package dev.atoll.stack.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.filter.Matcher;
import dev.atoll.stack.filter.PacketContext;
import dev.atoll.stack.filter.StandardTarget;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What the filter relies on in a {@link Matcher}. It meets packets of several protocols and of both families at every
 * hook, whole and as fragments, with anything behind the IP header, in a rule that names the protocol it needs.
 */
public abstract class MatcherContract {
    private static final int SEEDS = 5;

    protected MatcherContract() {}

    /** A new one, as it is before the first packet; each is the same. */
    protected abstract Matcher newMatcher();

    /** A matcher that does something of its own around another. */
    private abstract static class Around implements Matcher {
        final Matcher inner;

        Around(Matcher inner) {
            this.inner = inner;
        }

        @Override
        public boolean needsConnTrack() {
            return inner.needsConnTrack();
        }
    }

    private static void run(Around around) {
        for (int seed = 0; seed < SEEDS; seed++) {
            // What is known of connections is of one run, as it is of one stack.
            new FilterContract(around.inner.requiredProtocol(), around, StandardTarget.NONE).run(seed);
        }
    }

    private static List<Matcher.Result> results(Matcher matcher) {
        List<Matcher.Result> results = new ArrayList<>();
        run(new Around(matcher) {
            @Override
            public Result match(PacketContext context) {
                Result result = inner.match(context);
                results.add(result);
                return result;
            }
        });
        return results;
    }

    @Test
    void whatItSaysOfItself_isAlwaysTheSame() {
        Matcher matcher = newMatcher();
        int protocol = matcher.requiredProtocol();
        assertTrue(protocol == Matcher.ANY_PROTOCOL || (protocol > 0 && protocol <= 255), "protocol " + protocol);
        boolean needsConnTrack = matcher.needsConnTrack();
        boolean constant = matcher.isConstant();
        run(new Around(matcher) {
            @Override
            public Result match(PacketContext context) {
                Result result = inner.match(context);
                assertEquals(protocol, inner.requiredProtocol());
                assertEquals(needsConnTrack, inner.needsConnTrack());
                assertEquals(constant, inner.isConstant());
                return result;
            }
        });
    }

    @Test
    void anyPacket_isJudged() {
        run(new Around(newMatcher()) {
            @Override
            public Result match(PacketContext context) {
                Result result = inner.match(context);
                assertNotNull(result, () -> "of a packet at " + context.hook());
                return result;
            }
        });
    }

    @Test
    void packet_isLeftAsItWas() {
        run(new Around(newMatcher()) {
            @Override
            public Result match(PacketContext context) {
                PacketSamples.Snapshot before = PacketSamples.Snapshot.of(context.packet());
                Result result = inner.match(context);
                assertEquals(before, PacketSamples.Snapshot.of(context.packet()));
                return result;
            }
        });
    }

    /** Who simulates a network replays it. */
    @Test
    void samePackets_areJudgedTheSame() {
        assertEquals(results(newMatcher()), results(newMatcher()));
    }

    /** One that says it is constant looks at nothing that differs between packets of a flow: marks and hops are such. */
    @Test
    void constant_saysTheSameOfTheFlowsNextPacket() {
        Matcher matcher = newMatcher();
        if (!matcher.isConstant()) {
            return;
        }
        run(new Around(matcher) {
            @Override
            public Result match(PacketContext context) {
                PacketBuffer packet = context.packet();
                int hopsAt = packet.networkOffset + (packet.ipVersion == 4 ? 8 : 7);
                byte hops = packet.data().get(hopsAt);
                Result result = inner.match(context);
                packet.mark ^= 1;
                packet.data().put(hopsAt, (byte) ~hops);
                assertEquals(result, inner.match(context));
                packet.data().put(hopsAt, hops);
                packet.mark ^= 1;
                return result;
            }
        });
    }

    @Test
    void nothingIsAllocated() {
        assertEquals(
                0,
                Allocation.fewestBytesOf(measure -> run(new Around(newMatcher()) {
                    @Override
                    public Result match(PacketContext context) {
                        measure.begin();
                        Result result = inner.match(context);
                        measure.end();
                        return result;
                    }
                })));
    }
}
