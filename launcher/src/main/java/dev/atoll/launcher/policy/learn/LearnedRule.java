package dev.atoll.launcher.policy.learn;

import dev.atoll.stack.filter.PortRange;
import dev.atoll.stack.wire.Subnet;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;

/**
 * A rule that allows something.
 *
 * @param outgoing whether it is about what the program begins
 * @param protocols one or several
 * @param peers networks of the other ends, in the order of their addresses, each with how many addresses in it were seen
 * @param ports where to; none for protocols without
 * @param flows how many flows it covers
 * @param bytes that these carried, both ways
 * @param names by which the program knew the peers
 */
public record LearnedRule(
        boolean outgoing,
        List<String> protocols,
        Map<Subnet, Integer> peers,
        List<PortRange> ports,
        long flows,
        long bytes,
        SortedSet<String> names) {}
