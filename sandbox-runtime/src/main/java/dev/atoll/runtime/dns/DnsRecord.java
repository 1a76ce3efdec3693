package dev.atoll.runtime.dns;

import dev.atoll.stack.wire.IpAddress;

/** A resource record of an answer, of the kinds that a lookup uses. */
public sealed interface DnsRecord {
    /** Whose record it is. */
    String owner();

    /** How long it may be kept, seconds. */
    int ttlSeconds();

    /** An address: A or AAAA. */
    record Address(String owner, int ttlSeconds, IpAddress address) implements DnsRecord {}

    /** The owner is another name for {@code target}: CNAME. */
    record Alias(String owner, int ttlSeconds, String target) implements DnsRecord {}

    /** The owner points to {@code target}: PTR. */
    record Pointer(String owner, int ttlSeconds, String target) implements DnsRecord {}
}
