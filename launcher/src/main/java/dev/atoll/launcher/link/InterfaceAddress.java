package dev.atoll.launcher.link;

import dev.atoll.launcher.sys.NetlinkAttributes;
import dev.atoll.runtime.control.ControlRecord.Address;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.Subnet;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * An address of an interface.
 *
 * @param address with its subnet, which is the address alone if there is a peer
 * @param peer the subnet at the other end of a point-to-point link, or null
 * @param usable whether whoever has the interface would begin to talk from it
 * @param command the words for ip(8) that give it back, with {@code $name} for the interface's name, or empty for one that
 *     the kernel makes again by itself
 */
record InterfaceAddress(Address address, @Nullable Subnet peer, boolean usable, String command) {
    // linux/if_addr.h
    private static final int IFA_ADDRESS = 1;
    private static final int IFA_LOCAL = 2;
    private static final int IFA_LABEL = 3;
    private static final int IFA_BROADCAST = 4;
    private static final int IFA_CACHEINFO = 6;
    private static final int IFA_FLAGS = 8;
    private static final int IFA_RT_PRIORITY = 9;
    private static final int IFA_F_TEMPORARY = 1;
    private static final int IFA_F_NODAD = 2;
    private static final int IFA_F_DADFAILED = 8;
    private static final int IFA_F_DEPRECATED = 0x20;
    private static final int IFA_F_MANAGETEMPADDR = 0x100;
    private static final int IFA_F_NOPREFIXROUTE = 0x200;
    private static final int IFADDRMSG_PREFIX = 1;
    private static final int IFADDRMSG_SCOPE = 3;
    private static final int IFADDRMSG_INDEX = 4;
    private static final int IFADDRMSG_BYTES = 8;
    private static final int CACHEINFO_VALID = 4;
    private static final int FOREVER = -1;

    /**
     * Reads {@code struct ifaddrmsg}.
     *
     * @return null if it is another interface's
     */
    static @Nullable InterfaceAddress of(ByteBuffer message, int index) {
        if (message.getInt(IFADDRMSG_INDEX) != index) {
            return null;
        }
        NetlinkAttributes attributes = new NetlinkAttributes(message, IFADDRMSG_BYTES);
        byte[] far = attributes.octets(IFA_ADDRESS);
        byte[] near = attributes.octets(IFA_LOCAL);
        if (far == null) {
            return null;
        }
        IpAddress other = IpAddress.of(far);
        IpAddress own = near == null ? other : IpAddress.of(near);
        int length = message.get(IFADDRMSG_PREFIX) & 0xff;
        int scope = message.get(IFADDRMSG_SCOPE) & 0xff;
        int flags = attributes.number(IFA_FLAGS, 0);
        boolean duplicate = (flags & IFA_F_DADFAILED) != 0;
        StringBuilder command = new StringBuilder("address replace ").append(own);
        if (!own.equals(other)) {
            command.append(" peer ").append(other);
        }
        command.append('/').append(length).append(" dev $name scope ").append(scope);
        byte[] broadcast = attributes.octets(IFA_BROADCAST);
        if (broadcast != null) {
            command.append(" broadcast ").append(IpAddress.of(broadcast));
        }
        String label = attributes.text(IFA_LABEL);
        int colon = label.indexOf(':');
        if (colon >= 0 && plain(label, colon + 1)) {
            command.append(" label $name").append(label, colon, label.length());
        }
        if (attributes.has(IFA_RT_PRIORITY)) {
            command.append(" metric ").append(Integer.toUnsignedString(attributes.number(IFA_RT_PRIORITY, 0)));
        }
        appendLifetime(command, attributes.content(IFA_CACHEINFO));
        if ((flags & IFA_F_MANAGETEMPADDR) != 0) {
            command.append(" mngtmpaddr");
        }
        if ((flags & IFA_F_NOPREFIXROUTE) != 0) {
            command.append(" noprefixroute");
        }
        boolean unchecked = (flags & IFA_F_NODAD) != 0;
        if (!own.isV4() && !duplicate && (unchecked || !own.isLinkLocal())) {
            // It was here a moment ago, and nobody else can have taken it. The kernel makes link-local ones by itself.
            command.append(" nodad");
        }
        // Of IPv4's, the flag says that it is not a subnet's first.
        boolean temporary = !own.isV4() && (flags & IFA_F_TEMPORARY) != 0;
        boolean alone = own.equals(other);
        return new InterfaceAddress(
                new Address(own, alone ? length : own.bitLength()),
                alone ? null : Subnet.containing(other, length),
                !duplicate && (own.isV4() || (flags & IFA_F_DEPRECATED) == 0),
                temporary ? "" : command.toString());
    }

    /** As it was when the interface was taken: a DHCP client that renews it sets it anew. */
    private static void appendLifetime(StringBuilder command, ByteBuffer cacheInfo) {
        if (cacheInfo.capacity() > CACHEINFO_VALID
                && (cacheInfo.getInt(CACHEINFO_VALID) != FOREVER || cacheInfo.getInt(0) != FOREVER)) {
            command.append(" valid_lft ")
                    .append(lifetime(cacheInfo.getInt(CACHEINFO_VALID)))
                    .append(" preferred_lft ")
                    .append(lifetime(cacheInfo.getInt(0)));
        }
    }

    private static String lifetime(int seconds) {
        return seconds == FOREVER ? "forever" : Integer.toUnsignedString(seconds);
    }

    /** A shell reads the words: a label that could mean something to it is left out. */
    private static boolean plain(String label, int from) {
        for (int i = from; i < label.length(); i++) {
            char c = label.charAt(i);
            if (!(c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '-' || c == '_')) {
                return false;
            }
        }
        return from < label.length();
    }
}
