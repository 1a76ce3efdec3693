package dev.atoll.runtime.oracle;

import dev.atoll.stack.check.Bytes;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One thing that is done to both filters. */
sealed interface Step {
    /**
     * What it is once it is known what came of the steps before; null if nothing.
     *
     * @param earlier one outcome for each step before this
     */
    default @Nullable Step after(List<Outcome> earlier) {
        return this;
    }

    /** Identification of its packet, see {@link IpPacket}. */
    int id();

    /**
     * A packet that arrives.
     *
     * @param side index of the interface in {@link Topology#sides}
     * @param toAll whether its frame is a broadcast
     * @param about what it is, for people
     */
    record Arrival(int side, boolean toAll, Bytes packet, String about) implements Step {
        @Override
        public int id() {
            return IpPacket.decode(packet).id();
        }

        @Override
        public String toString() {
            return "in by eth" + side + (toAll ? " to all" : "") + ": " + about + "\n      "
                    + HexFormat.of().formatHex(packet.toArray());
        }
    }

    /** A packet that a program on the router sends, header included. */
    record Departure(Bytes packet, String about) implements Step {
        @Override
        public int id() {
            return IpPacket.decode(packet).id();
        }

        @Override
        public String toString() {
            return "from here: " + about + "\n      " + HexFormat.of().formatHex(packet.toArray());
        }
    }

    /**
     * What a host says to the first frame that came of an earlier step: different bytes for the kernel and the stack if they
     * chose different ports.
     *
     * @param step index of that step
     * @param id IP identification of the answer
     */
    record Answer(int step, int id, Answers.Kind kind) implements Step {
        @Override
        public @Nullable Step after(List<Outcome> earlier) {
            List<Outcome.Sent> sent = earlier.get(step).sent;
            return sent.isEmpty() ? null : Answers.to(sent.get(0), id, kind);
        }

        @Override
        public String toString() {
            return kind + " to what came of step " + step + ", id " + Integer.toHexString(id);
        }
    }
}
