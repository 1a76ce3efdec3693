package dev.atoll.shim;

import dev.atoll.stack.env.StackException;
import dev.atoll.stack.socket.UdpEndpoint;
import dev.atoll.stack.wire.IpAddress;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.channels.DatagramChannel;
import java.nio.channels.MembershipKey;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The multicast memberships of one channel; guarded by the channel's state lock. */
final class Memberships {
    private final AtollDatagramChannel channel;
    private final UdpEndpoint endpoint;
    private final List<Key> keys = new ArrayList<>();
    private volatile boolean closed;

    Memberships(AtollDatagramChannel channel, UdpEndpoint endpoint) {
        this.channel = channel;
        this.endpoint = endpoint;
    }

    /** The checks of a join, with the JDK's words. */
    static void check(InetAddress group, @Nullable InetAddress source, boolean ipv6) {
        if (!group.isMulticastAddress()) {
            throw new IllegalArgumentException("Group not a multicast address");
        }
        if (group instanceof Inet6Address && !ipv6) {
            throw new IllegalArgumentException("Only IPv6 sockets can join IPv6 multicast group");
        }
        if (source != null) {
            if (source.isAnyLocalAddress()) {
                throw new IllegalArgumentException("Source address is a wildcard address");
            }
            if (source.isMulticastAddress()) {
                throw new IllegalArgumentException("Source address is multicast address");
            }
            if (source.getClass() != group.getClass()) {
                throw new IllegalArgumentException("Source address is different type to group");
            }
        }
    }

    MembershipKey join(InetAddress group, NetworkInterface nic, @Nullable InetAddress source) throws IOException {
        for (Key key : keys) {
            if (key.group.equals(group) && key.nic.equals(nic)) {
                if (key.source == null && source == null) {
                    return key;
                }
                if (key.source == null || source == null) {
                    throw new IllegalStateException(
                            source == null
                                    ? "Already have source-specific membership"
                                    : "Already a member to receive all packets");
                }
                if (key.source.equals(source)) {
                    return key;
                }
            }
        }
        Key key = new Key(group, nic, source);
        try {
            endpoint.joinGroup(key.groupAddress(), key.nicId(), key.sourceAddressOrNull());
        } catch (StackException e) {
            throw Failures.ofCall(e);
        }
        keys.add(key);
        return key;
    }

    /** The membership for all sources, or null. */
    @Nullable MembershipKey find(InetAddress group, NetworkInterface nic) {
        for (Key key : keys) {
            if (key.group.equals(group) && key.nic.equals(nic) && key.source == null) {
                return key;
            }
        }
        return null;
    }

    /** The endpoint's memberships ended with it. Takes no lock: called by close. */
    void channelClosed() {
        closed = true;
    }

    private final class Key extends MembershipKey {
        private final InetAddress group;
        private final NetworkInterface nic;
        private final @Nullable InetAddress source;
        private final Set<InetAddress> blocked = new HashSet<>();
        private volatile boolean dropped;

        Key(InetAddress group, NetworkInterface nic, @Nullable InetAddress source) {
            this.group = group;
            this.nic = nic;
            this.source = source;
        }

        IpAddress groupAddress() {
            return Addresses.toStack(group);
        }

        int nicId() {
            return Math.max(nic.getIndex(), 0);
        }

        @Nullable IpAddress sourceAddressOrNull() {
            return source == null ? null : Addresses.toStack(source);
        }

        @Override
        public boolean isValid() {
            return !dropped && !closed;
        }

        @Override
        public void drop() {
            try {
                channel.withMemberships(all -> {
                    if (isValid()) {
                        dropped = true;
                        all.keys.remove(this);
                        endpoint.leaveGroup(groupAddress(), nicId(), sourceAddressOrNull());
                    }
                    return this;
                });
            } catch (IOException e) {
                // It is no membership any more in either case, and drop has no way to fail.
                dropped = true;
            }
        }

        @Override
        public MembershipKey block(InetAddress unwanted) throws IOException {
            return channel.withMemberships(all -> {
                requireValid();
                if (source != null) {
                    throw new IllegalStateException("key is source-specific");
                }
                if (blocked.add(checkedSource(unwanted))) {
                    setBlocked(unwanted, true);
                }
                return this;
            });
        }

        @Override
        public MembershipKey unblock(InetAddress wanted) {
            try {
                return channel.withMemberships(all -> {
                    requireValid();
                    if (!blocked.remove(wanted)) {
                        throw new IllegalStateException("not blocked");
                    }
                    setBlocked(wanted, false);
                    return this;
                });
            } catch (IOException e) {
                throw new AssertionError("an address that was blocked can be unblocked", e);
            }
        }

        private void requireValid() {
            if (!isValid()) {
                throw new IllegalStateException("key is no longer valid");
            }
        }

        private InetAddress checkedSource(InetAddress address) {
            check(group, address, true);
            return address;
        }

        private void setBlocked(InetAddress address, boolean on) throws IOException {
            try {
                endpoint.blockSource(groupAddress(), nicId(), Addresses.toStack(address), on);
            } catch (StackException e) {
                throw Failures.ofCall(e);
            }
        }

        @Override
        public DatagramChannel channel() {
            return channel;
        }

        @Override
        public InetAddress group() {
            return group;
        }

        @Override
        public NetworkInterface networkInterface() {
            return nic;
        }

        @Override
        public @Nullable InetAddress sourceAddress() {
            return source;
        }

        @Override
        public String toString() {
            String from = source == null ? "" : ",source=" + source.getHostAddress();
            return "<" + group.getHostAddress() + ',' + nic.getName() + from + '>';
        }
    }
}
