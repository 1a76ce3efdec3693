package dev.atoll.stack.filter;

import dev.atoll.stack.wire.TcpOptions;
import java.nio.ByteBuffer;

/** Looks for an option as Linux's filter does: behind the end-of-list option, too, and a length of 0 counts for 1. */
final class TcpOptionScan {
    private TcpOptionScan() {}

    /** Where between two positions an option of that kind begins, or -1; the option may be cut short. */
    static int find(ByteBuffer data, int from, int end, int kind) {
        int at = from;
        while (at < end) {
            int here = data.get(at) & 0xff;
            if (here == kind) {
                return at;
            }
            int length = here <= TcpOptions.KIND_NOP || at + 1 == end ? 1 : data.get(at + 1) & 0xff;
            at += Math.max(length, 1);
        }
        return -1;
    }
}
