package dev.atoll.stack.nic;

import dev.atoll.stack.wire.IpAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The multicast groups one NIC is a member of, and how often each was joined. The groups of all hosts (RFC 1112 section
 * 4, RFC 4291 section 2.7.1) are joined by every host and not listed.
 */
public final class GroupTable {
    /** Memberships of one NIC; joining more is refused. */
    public static final int MAX_MEMBERSHIPS = 1024;

    private static final long V4_ALL_HOSTS = IpAddress.V4_PREFIX | 0xe000_0001L;
    private static final long NODE_LOCAL = 0xff01L << 48;
    private static final long LINK_LOCAL = 0xff02L << 48;

    private static final class Membership {
        final IpAddress group;
        int joins = 1;

        Membership(IpAddress group) {
            this.group = group;
        }
    }

    private final Device device;
    private final List<Membership> memberships = new ArrayList<>();
    private GroupObserver observer = GroupObserver.NOBODY;

    GroupTable(Device device) {
        this.device = device;
    }

    void setObserver(GroupObserver newObserver) {
        observer = newObserver;
    }

    /** Joins; false if the table is full. */
    public boolean join(IpAddress group) {
        Membership membership = find(group.high(), group.low());
        if (membership != null) {
            membership.joins++;
            return true;
        }
        if (memberships.size() >= MAX_MEMBERSHIPS) {
            return false;
        }
        memberships.add(new Membership(group));
        observer.joined(device, group);
        return true;
    }

    /** Ends one join; does nothing if there is none. */
    public void leave(IpAddress group) {
        Membership membership = find(group.high(), group.low());
        if (membership != null && --membership.joins == 0) {
            memberships.remove(membership);
            observer.left(device, group);
        }
    }

    /** Whether packets to the group are taken. */
    public boolean isMember(long high, long low) {
        if (high == 0 ? low == V4_ALL_HOSTS : low == 1 && (high == LINK_LOCAL || high == NODE_LOCAL)) {
            return true;
        }
        return find(high, low) != null;
    }

    /** The groups in the order they were joined. */
    public List<IpAddress> list() {
        List<IpAddress> groups = new ArrayList<>(memberships.size());
        for (Membership membership : memberships) {
            groups.add(membership.group);
        }
        return groups;
    }

    private @Nullable Membership find(long high, long low) {
        for (int i = 0; i < memberships.size(); i++) {
            IpAddress group = memberships.get(i).group;
            if (group.low() == low && group.high() == high) {
                return memberships.get(i);
            }
        }
        return null;
    }
}
