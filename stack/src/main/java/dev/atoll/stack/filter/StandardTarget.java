package dev.atoll.stack.filter;

import dev.atoll.stack.wire.IpProtocol;

/** The targets that come with Atoll, under their iptables names. */
public sealed interface StandardTarget extends Target
        permits FlowTarget,
                LogTarget,
                NatTarget,
                RewriteTarget,
                StandardTarget.Accept,
                StandardTarget.Drop,
                StandardTarget.GoTo,
                StandardTarget.Jump,
                StandardTarget.Mark,
                StandardTarget.None,
                StandardTarget.Reject,
                StandardTarget.Return,
                TraceTarget {
    /** {@code -j ACCEPT} */
    Accept ACCEPT = new Accept();
    /** {@code -j DROP} */
    Drop DROP = new Drop();
    /** {@code -j RETURN} */
    Return RETURN = new Return();
    /** A rule without {@code -j}: it counts and goes on. */
    None NONE = new None();

    /** Lets the packet pass. */
    record Accept() implements StandardTarget {
        @Override
        public boolean isConstant() {
            return true;
        }

        @Override
        public Action apply(PacketContext context) {
            return Action.ACCEPT;
        }
    }

    /** Ends the packet in silence. */
    record Drop() implements StandardTarget {
        @Override
        public boolean isConstant() {
            return true;
        }

        @Override
        public Action apply(PacketContext context) {
            return Action.DROP;
        }
    }

    /** Ends the packet and tells its sender. */
    record Reject(RejectWith rejectWith) implements StandardTarget {
        @Override
        public boolean isConstant() {
            return true;
        }

        @Override
        public Action apply(PacketContext context) {
            return Action.REJECT;
        }

        @Override
        public TableName requiredTable() {
            return TableName.FILTER;
        }

        @Override
        public int requiredProtocol() {
            return rejectWith == RejectWith.TCP_RESET ? IpProtocol.TCP : Matcher.ANY_PROTOCOL;
        }
    }

    /** Goes back to the calling chain. */
    record Return() implements StandardTarget {
        @Override
        public boolean isConstant() {
            return true;
        }

        @Override
        public Action apply(PacketContext context) {
            return Action.RETURN;
        }
    }

    /** Counts only. */
    record None() implements StandardTarget {
        @Override
        public boolean isConstant() {
            return true;
        }

        @Override
        public Action apply(PacketContext context) {
            return Action.CONTINUE;
        }
    }

    /** {@code -j CHAIN} */
    record Jump(String chain) implements StandardTarget {
        @Override
        public boolean isConstant() {
            return true;
        }

        @Override
        public Action apply(PacketContext context) {
            return Action.JUMP;
        }
    }

    /** {@code -g CHAIN} */
    record GoTo(String chain) implements StandardTarget {
        @Override
        public boolean isConstant() {
            return true;
        }

        @Override
        public Action apply(PacketContext context) {
            return Action.GOTO;
        }
    }

    /**
     * {@code -j MARK --set-xmark value/mask}: marks the packet and goes on.
     *
     * @param mask the bits that are cleared first; the value's are turned over then
     */
    record Mark(int value, int mask) implements StandardTarget {
        @Override
        public Action apply(PacketContext context) {
            context.packet().mark = context.packet().mark & ~mask ^ value;
            return Action.CONTINUE;
        }
    }
}
