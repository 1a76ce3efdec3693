package dev.atoll.launcher.policy.learn;

import dev.atoll.stack.filter.PortRange;
import java.util.List;
import java.util.Map;

/**
 * A rule that allows something.
 *
 * @param outgoing whether it is about what the program begins
 * @param protocols one or several
 * @param peers the other ends, all of one kind, in their order, each with how many addresses of it were seen
 * @param ports where to; none for protocols without
 * @param flows how many flows it covers
 * @param bytes that these carried, both ways
 */
public record LearnedRule(
        boolean outgoing,
        List<String> protocols,
        Map<LearnedPeer, Integer> peers,
        List<PortRange> ports,
        long flows,
        long bytes) {
    LearnedPeer.Kind kind() {
        return peers.keySet().iterator().next().kind();
    }
}
