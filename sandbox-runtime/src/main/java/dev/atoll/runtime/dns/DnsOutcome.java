package dev.atoll.runtime.dns;

/** What became of one question. */
sealed interface DnsOutcome {
    /** A server knew: NOERROR, with or without records, or NXDOMAIN. */
    record Answered(DnsResponse response) implements DnsOutcome {}

    /** No server gave a result; {@code why} is about the last one asked. */
    record Failed(String why) implements DnsOutcome {}
}
