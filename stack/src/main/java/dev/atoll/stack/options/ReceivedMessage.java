package dev.atoll.stack.options;

import dev.atoll.stack.wire.FullAddress;

/**
 * What is known of a message that was received: what Linux tells in control messages (IP_PKTINFO, IP_RECVTTL,
 * IP_RECVTOS, IP_RECVOPTS, MSG_TRUNC, and their kin of IPv6).
 *
 * @param sender who sent it, with the NIC if the address means nothing without (RFC 4007)
 * @param destination the address it was sent to, perhaps a group or broadcast, and the NIC it came in by
 * @param lengthBytes how long it was, however much of it was taken
 * @param ttl time to live or hop limit it arrived with, hops
 * @param tos type of service or traffic class: the octet in its header
 * @param ipOptions the options of its IPv4 header as they came; empty if there were none
 * @param arrivalNs the clock's monotonic time at which the link got it, nanoseconds
 */
@SuppressWarnings("ArrayRecordComponent") // Compared by nobody; the reader owns the bytes.
public record ReceivedMessage(
        FullAddress sender,
        FullAddress destination,
        int lengthBytes,
        int ttl,
        int tos,
        byte[] ipOptions,
        long arrivalNs) {}
