package dev.atoll.stack.filter;

import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a packet that a rule matched. An extension point: besides the {@linkplain StandardTarget standard
 * ones} an embedder may bring its own, for instance one that notes the packet and continues.
 *
 * <p>Called under the stack's hold for each packet that the rule matched; neither blocks, throws nor allocates. It may
 * change what is in a packet, not where its headers are, and does not keep it. What it says of itself is always the same;
 * {@code TargetContract} tests that.
 */
public interface Target {
    /** How evaluation goes on. */
    enum Action {
        /** With the next rule. */
        CONTINUE,
        /** The table is done with the packet; the next table of the hook is asked. */
        ACCEPT,
        DROP,
        /** As {@link #DROP}, and the sender is told as {@link Target#rejectWith} says. */
        REJECT,
        /** Behind the rule that jumped here; in a built-in chain, the chain's policy. */
        RETURN,
        /** In the chain {@link Target#chain} names, whose end comes back behind this rule. */
        JUMP,
        /** As {@link #JUMP}, but the end of that chain comes back to where this chain would have. */
        GOTO
    }

    /** Acts on a packet that the rule matched. */
    Action apply(PacketContext context);

    /** The user chain that {@link Action#JUMP} and {@link Action#GOTO} mean; null for a target that answers neither. */
    default @Nullable String chain() {
        return null;
    }

    /** How {@link Action#REJECT} answers the sender. */
    default RejectWith rejectWith() {
        return RejectWith.ICMP_PORT_UNREACHABLE;
    }

    /** As {@link Matcher#requiredProtocol}: a TCP reset can only answer a rule restricted to TCP. */
    default int requiredProtocol() {
        return Matcher.ANY_PROTOCOL;
    }

    /** As {@link Matcher#needsConnTrack}. */
    default boolean needsConnTrack() {
        return false;
    }

    /**
     * Whether it does the same to all packets of which {@link Matcher#isConstant} speaks, and nothing but decide. Then it is
     * asked once for all of them.
     */
    default boolean isConstant() {
        return false;
    }

    /** The only table the target makes sense in, or null for any. */
    default @Nullable TableName requiredTable() {
        return null;
    }

    /** The hooks from whose built-in chains the target may be reached. */
    default Set<Hook> hooks() {
        return EnumSet.allOf(Hook.class);
    }
}
