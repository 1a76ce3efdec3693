package dev.atoll.runtime.dns;

import java.util.concurrent.atomic.LongAdder;

/** What a resolver has done. Any thread. */
public final class DnsCounters {
    final LongAdder asked = new LongAdder();
    final LongAdder answered = new LongAdder();
    final LongAdder ignored = new LongAdder();
    final LongAdder timeouts = new LongAdder();
    final LongAdder overTcp = new LongAdder();
    final LongAdder withoutEdns = new LongAdder();

    DnsCounters() {}

    /** Questions sent, each time they were. */
    public long asked() {
        return asked.sum();
    }

    /** Questions that a server answered with a result. */
    public long answered() {
        return answered.sum();
    }

    /** Messages from a server's address that did not answer what was asked, or made no sense. */
    public long ignored() {
        return ignored.sum();
    }

    /** Times a server did not answer in time. */
    public long timeouts() {
        return timeouts.sum();
    }

    /** Questions asked again over TCP because the answer was too long for a datagram. */
    public long overTcp() {
        return overTcp.sum();
    }

    /** Questions asked again without EDNS because the server did not understand them with it. */
    public long withoutEdns() {
        return withoutEdns.sum();
    }
}
