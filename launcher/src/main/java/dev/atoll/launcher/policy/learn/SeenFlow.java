package dev.atoll.launcher.policy.learn;

import dev.atoll.stack.wire.IpAddress;
import org.jspecify.annotations.Nullable;

/**
 * Flows that a policy has no reason to tell apart.
 *
 * @param outgoing whether the program began them
 * @param protocol {@code tcp}, {@code udp}, {@code icmp}, {@code icmpv6}, or a number
 * @param peer the other end
 * @param port where they went to: the peer's if outgoing, else the program's; 0 for a protocol without ports
 * @param name what the program had asked for when it got the peer's address, or null
 * @param flows how many there were
 * @param bytes both ways
 */
record SeenFlow(
        boolean outgoing,
        String protocol,
        IpAddress peer,
        int port,
        @Nullable String name,
        long flows,
        long bytes) {}
