package dev.atoll.runtime.oracle;

import java.util.ArrayList;
import java.util.List;

/** What came of one {@link Step}, in the order in which it was seen. */
final class Outcome {
    /**
     * A frame that came out.
     *
     * @param side index of the interface
     */
    @SuppressWarnings("ArrayRecordComponent") // Read, never compared.
    record Sent(int side, byte[] frame) {}

    final List<Sent> sent = new ArrayList<>();
    /** What programs on the router got, and what they were told. */
    final List<String> notes = new ArrayList<>();
}
