package dev.atoll.runtime.oracle;

import dev.atoll.stack.check.Bytes;
import java.util.HexFormat;

/** One thing that is done to both filters. */
interface Step {
    /**
     * A packet that arrives.
     *
     * @param side index of the interface in {@link Topology#sides}
     * @param about what it is, for people
     */
    record Arrival(int side, Bytes packet, String about) implements Step {
        @Override
        public String toString() {
            return "in by eth" + side + ": " + about + "\n      "
                    + HexFormat.of().formatHex(packet.toArray());
        }
    }

    /** A packet that a program on the router sends, header included. */
    record Departure(Bytes packet, String about) implements Step {
        @Override
        public String toString() {
            return "from here: " + about + "\n      " + HexFormat.of().formatHex(packet.toArray());
        }
    }
}
