package dev.atoll.runtime.dns;

/** What became of one question. */
sealed interface DnsOutcome {
    /** A server knew: NOERROR, with or without records, or NXDOMAIN. */
    record Answered(DnsResponse response) implements DnsOutcome {}

    /**
     * No server gave a result.
     *
     * @param why about the last one asked
     * @param answered whether one of them said at least that it has none
     */
    record Failed(String why, boolean answered) implements DnsOutcome {}
}
