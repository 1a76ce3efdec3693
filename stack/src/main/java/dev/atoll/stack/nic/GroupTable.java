package dev.atoll.stack.nic;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.archive.ArchiveException;
import dev.atoll.stack.wire.ArchivedValues;
import dev.atoll.stack.wire.IpAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The multicast groups one NIC is a member of, and for whom. The groups of all hosts (RFC 1112 section
 * 4, RFC 4291 section 2.7.1) are joined by every host and not listed.
 */
public final class GroupTable {
    /** Memberships of one NIC; joining more is refused. */
    public static final int MAX_MEMBERSHIPS = 1024;

    private static final long V4_ALL_HOSTS = IpAddress.V4_PREFIX | 0xe000_0001L;
    private static final long NODE_LOCAL = 0xff01L << 48;
    private static final long LINK_LOCAL = 0xff02L << 48;

    /** Senders that are told apart for one group; whoever wants more gets everybody's packets to this NIC. */
    static final int MAX_SOURCES = 256;

    /** Who is a member, and what of. */
    private static final class Listener {
        final Object who;
        SourceFilter filter;

        Listener(Object who, SourceFilter filter) {
            this.who = who;
            this.filter = filter;
        }
    }

    private static final class Membership {
        final IpAddress group;
        /** Members that want everybody's packets and are only counted. */
        int joins;

        final List<Listener> listeners = new ArrayList<>();

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
        if (!joinUnreported(group)) {
            return false;
        }
        report(group);
        return true;
    }

    /** Joins without telling routers until {@link #report}; false if the table is full. */
    public boolean joinUnreported(IpAddress group) {
        Membership membership = findOrAdd(group);
        if (membership == null) {
            return false;
        }
        membership.joins++;
        return true;
    }

    /** Tells routers of a group what they do not know yet. */
    public void report(IpAddress group) {
        observer.changed(device, group);
    }

    /** Ends one join; does nothing if there is none. */
    public void leave(IpAddress group) {
        Membership membership = find(group.high(), group.low());
        if (membership != null && membership.joins > 0) {
            membership.joins--;
            settle(membership);
        }
    }

    /**
     * Joins with a filter, changes the filter of a join, or ends it.
     *
     * @param who the member, known by identity
     * @param filter {@link SourceFilter#NONE} ends the membership
     * @return false if the table is full
     */
    public boolean listen(Object who, IpAddress group, SourceFilter filter) {
        Membership membership = filter.wantsAny() ? findOrAdd(group) : find(group.high(), group.low());
        if (membership == null) {
            return !filter.wantsAny();
        }
        Listener listener = null;
        for (Listener candidate : membership.listeners) {
            if (candidate.who == who) {
                listener = candidate;
            }
        }
        if (!filter.wantsAny()) {
            membership.listeners.remove(listener);
        } else if (listener == null) {
            membership.listeners.add(new Listener(who, filter));
        } else {
            listener.filter = filter;
        }
        settle(membership);
        return true;
    }

    private @Nullable Membership findOrAdd(IpAddress group) {
        Membership membership = find(group.high(), group.low());
        if (membership == null && memberships.size() < MAX_MEMBERSHIPS) {
            membership = new Membership(group);
            memberships.add(membership);
        }
        return membership;
    }

    private void settle(Membership membership) {
        if (membership.joins == 0 && membership.listeners.isEmpty()) {
            memberships.remove(membership);
        }
        observer.changed(device, membership.group);
    }

    /** The device was switched on again. */
    void restarted() {
        observer.restarted(device);
    }

    /** What all members of a group want together (RFC 3376 section 3.2). */
    public SourceFilter filter(IpAddress group) {
        Membership membership = find(group.high(), group.low());
        if (membership == null) {
            return SourceFilter.NONE;
        }
        if (membership.joins > 0) {
            return SourceFilter.ALL;
        }
        List<IpAddress> wanted = new ArrayList<>();
        List<IpAddress> refused = null;
        for (Listener listener : membership.listeners) {
            List<IpAddress> sources = listener.filter.sources();
            if (!listener.filter.exclude()) {
                for (IpAddress source : sources) {
                    if (!wanted.contains(source)) {
                        wanted.add(source);
                    }
                }
            } else if (refused == null) {
                refused = new ArrayList<>(sources);
            } else {
                refused.retainAll(sources);
            }
        }
        if (refused != null) {
            refused.removeAll(wanted);
            return new SourceFilter(true, List.copyOf(refused));
        }
        return wanted.size() > MAX_SOURCES ? SourceFilter.ALL : new SourceFilter(false, List.copyOf(wanted));
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

    /**
     * All memberships but who the {@linkplain #listen listeners} are: each puts itself back by {@link #relisten}.
     * Observers are not told.
     */
    void archive(Archive archive) {
        archive.list(memberships, MAX_MEMBERSHIPS, GroupTable::archiveMembership);
    }

    private static Membership archiveMembership(Archive archive, @Nullable Membership value) {
        IpAddress group = ArchivedValues.address(archive, value == null ? null : value.group);
        Membership membership = value == null ? new Membership(group) : value;
        membership.joins = archive.int32(membership.joins);
        return membership;
    }

    /**
     * Puts a listener back after the table was restored, without telling anybody.
     *
     * @throws ArchiveException if the table that was saved did not have its group
     */
    public void relisten(Object who, IpAddress group, SourceFilter filter) {
        Membership membership = find(group.high(), group.low());
        if (membership == null) {
            throw new ArchiveException(device.name() + " was in no group " + group + " when it was saved");
        }
        membership.listeners.add(new Listener(who, filter));
    }
}
