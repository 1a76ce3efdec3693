package dev.atoll.stack.filter;

import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.Check;

/** The targets that deal with the connection of a packet and go on, under their iptables names. */
public sealed interface FlowTarget extends StandardTarget {
    /** {@code -j NOTRACK} and {@code -j CT --notrack}: the packet belongs to no connection, unless it does already. */
    record NoTrack(Spelling spelling) implements FlowTarget {
        /** The two targets that do so. */
        public enum Spelling {
            NOTRACK,
            CT
        }

        @Override
        public Action apply(PacketContext context) {
            PacketBuffer packet = context.packet();
            if (!(packet.flow instanceof TrackedPacket)) {
                packet.flow = TrackedPacket.UNTRACKED;
            }
            return Action.CONTINUE;
        }

        @Override
        public TableName requiredTable() {
            return TableName.RAW;
        }
    }

    /**
     * {@code -j CONNMARK}: the marks of packets and of their connections. What belongs to no connection is left as it is.
     *
     * @param value what {@link Operation#SET} turns over; 0 for the others
     * @param connectionMask the connection's bits that are cleared, or given to the packet
     * @param packetMask the packet's bits that are given to the connection, or cleared; all of them for {@link Operation#SET}
     * @param leftShift by how many bits what is set or given is shifted: to the right if it is below 0; -31 to 31
     */
    record ConnMark(Operation operation, int value, int connectionMask, int packetMask, int leftShift)
            implements FlowTarget {
        /** From where to where. */
        public enum Operation {
            /** {@code --set-xmark}: the connection's mark is another. */
            SET,
            /** {@code --save-mark}: it is that of the packet. */
            SAVE,
            /** {@code --restore-mark}: the packet's is that of the connection. */
            RESTORE
        }

        private static final int MOST_SHIFT = 31;

        public ConnMark {
            Check.argument(operation == Operation.SET || value == 0, "value", value, "0");
            Check.argument(operation != Operation.SET || packetMask == -1, "packetMask", packetMask, "all bits");
            Check.argument(leftShift >= -MOST_SHIFT && leftShift <= MOST_SHIFT, "leftShift", leftShift, "-31 to 31");
        }

        @Override
        public Action apply(PacketContext context) {
            if (!context.hasFlow()) {
                return Action.CONTINUE;
            }
            Flow flow = context.flow();
            PacketBuffer packet = context.packet();
            switch (operation) {
                case SET:
                    flow.mark = shifted(flow.mark & ~connectionMask ^ value);
                    break;
                case SAVE:
                    flow.mark = flow.mark & ~connectionMask ^ shifted(packet.mark & packetMask);
                    break;
                case RESTORE:
                    packet.mark = packet.mark & ~packetMask ^ shifted(flow.mark & connectionMask);
                    break;
            }
            return Action.CONTINUE;
        }

        private int shifted(int bits) {
            return leftShift >= 0 ? bits << leftShift : bits >>> -leftShift;
        }

        @Override
        public boolean needsConnTrack() {
            return true;
        }
    }
}
