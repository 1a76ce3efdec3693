package dev.atoll.stack.filter;

import java.util.EnumSet;
import java.util.Set;

/**
 * One condition of a rule. An extension point: besides the {@linkplain StandardMatcher standard ones} an embedder may
 * bring its own.
 *
 * <p>Called under the stack's hold for each packet that reaches the rule, so it neither blocks, throws nor allocates, and it
 * changes nothing in the packet. What it says of itself is always the same; {@code MatcherContract} tests that. One matcher
 * may serve several stacks at once: what it remembers between packets belongs into what {@link #inForce} gives.
 */
public interface Matcher {
    /** {@link #requiredProtocol}: the matcher works with any protocol. */
    int ANY_PROTOCOL = -1;

    /** What a matcher says of a packet. */
    enum Result {
        NO,
        YES,
        /** The packet is too broken to judge: it is dropped at once, whatever the rule's target is. */
        HOTDROP
    }

    /** Whether the packet meets the condition. */
    Result match(PacketContext context);

    /**
     * The protocol to which the rule must be restricted by a {@link ProtocolMatcher} for this matcher to make sense, as
     * {@code -m tcp} needs {@code -p tcp}; checked when a rule set is built.
     */
    default int requiredProtocol() {
        return ANY_PROTOCOL;
    }

    /** The hooks from whose built-in chains a rule with the matcher may be reached. */
    default Set<Hook> hooks() {
        return EnumSet.allOf(Hook.class);
    }

    /**
     * What a stack asks in place of this: one that remembers something between packets gives a new one each time, with a
     * memory of its own for one rule of one stack. What is given may be {@link dev.atoll.stack.archive.Archivable}: then its
     * memory is saved with the stack.
     */
    default Matcher inForce() {
        return this;
    }

    /**
     * The same of one that remembers something together with others: it finds what they share by name in what is passed.
     *
     * @param tables those of the stack's rules in force
     */
    default Matcher inForce(MemoryTables tables) {
        return inForce();
    }

    /**
     * Whether it always says the same of the packets of one flow that go in one direction, come to one hook by the same
     * interfaces and find the flow in the same state. Then it is asked once for all of them; otherwise, which is assumed of one
     * that does not say, for each.
     */
    default boolean isConstant() {
        return false;
    }

    /** Whether {@link PacketContext#connState} is asked: then the stack tracks connections. */
    default boolean needsConnTrack() {
        return false;
    }

    /** {@link Result#YES} or {@link Result#NO}. */
    static Result of(boolean matches) {
        return matches ? Result.YES : Result.NO;
    }
}
