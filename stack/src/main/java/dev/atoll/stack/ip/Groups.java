package dev.atoll.stack.ip;

import dev.atoll.stack.wire.IpAddress;
import java.util.HashMap;
import java.util.Map;

/** Which multicast groups the stack's NICs are members of, and how often they were joined. */
public final class Groups {
    /** Memberships of a stack; joining more is refused. */
    public static final int MAX_MEMBERSHIPS = 1024;

    private record Membership(int nicId, IpAddress group) {}

    // Only looked up, never walked.
    private final Map<Membership, Integer> memberships = new HashMap<>();

    Groups() {}

    /** Joins; false if the table is full. */
    public boolean join(int nicId, IpAddress group) {
        if (memberships.size() >= MAX_MEMBERSHIPS && !memberships.containsKey(new Membership(nicId, group))) {
            return false;
        }
        memberships.merge(new Membership(nicId, group), 1, Integer::sum);
        return true;
    }

    /** Ends one join. */
    public void leave(int nicId, IpAddress group) {
        memberships.computeIfPresent(new Membership(nicId, group), (key, count) -> count == 1 ? null : count - 1);
    }

    /** All hosts, 224.0.0.1, is joined by every host (RFC 1112 section 4). */
    boolean isMember(int nicId, long high, long low) {
        if (low == (IpAddress.V4_PREFIX | 0xe000_0001L)) {
            return true;
        }
        return !memberships.isEmpty() && memberships.containsKey(new Membership(nicId, new IpAddress(high, low)));
    }
}
