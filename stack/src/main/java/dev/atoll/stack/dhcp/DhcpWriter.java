package dev.atoll.stack.dhcp;

import dev.atoll.stack.buffer.BufferPool;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.Counters;
import dev.atoll.stack.env.DhcpSettings;
import dev.atoll.stack.ip.IpLayer;
import dev.atoll.stack.ip.Route;
import dev.atoll.stack.nic.Device;
import dev.atoll.stack.wire.Checksum;
import dev.atoll.stack.wire.Dhcp;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.IpProtocol;
import dev.atoll.stack.wire.Udp;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Builds a client's messages and gives them to IP; they pass the policy's OUTPUT chain as any packet does. */
final class DhcpWriter {
    /** What is asked for; classless routes before routers, as RFC 3442 wants it. */
    private static final byte[] PARAMETERS = {
        Dhcp.OPTION_SUBNET_MASK,
        Dhcp.OPTION_CLASSLESS_ROUTES,
        Dhcp.OPTION_ROUTERS,
        Dhcp.OPTION_DNS_SERVERS,
        Dhcp.OPTION_DOMAIN,
        Dhcp.OPTION_SEARCH,
        Dhcp.OPTION_MTU,
        Dhcp.OPTION_LEASE_SECONDS,
        Dhcp.OPTION_RENEW_SECONDS,
        Dhcp.OPTION_REBIND_SECONDS
    };

    /** RFC 4361 section 6.1: what follows is an identity association and a DUID, here one of a link address. */
    private static final int CLIENT_ID_DUID = 255;

    private static final int DUID_LINK_ADDRESS = 3;
    private static final int ETHERNET = 1;
    private static final int CLIENT_ID_BYTES = 15;

    /** All that a message may have to say, bytes. */
    private static final int CAPACITY = Dhcp.HEADER_BYTES + 180;

    /**
     * A message.
     *
     * @param clientAddress the address the client has, or unspecified
     * @param requested the address it wishes for, or null
     * @param server the server it chose, or null
     * @param to where it goes; unspecified for everybody
     */
    record Message(
            int type,
            int transaction,
            long seconds,
            IpAddress clientAddress,
            @Nullable IpAddress requested,
            @Nullable IpAddress server,
            IpAddress to) {}

    private final Device device;
    private final IpLayer ip;
    private final BufferPool pool;
    private final Counters counters;
    private final DhcpSettings settings;

    DhcpWriter(Device device, IpLayer ip, BufferPool pool, Counters counters, DhcpSettings settings) {
        this.device = device;
        this.ip = ip;
        this.pool = pool;
        this.counters = counters;
        this.settings = settings;
    }

    void send(Message message) {
        boolean toAll = message.to.isUnspecified();
        Route route = toAll
                ? ip.routes().onLink(device, IpAddress.V4_ANY, IpAddress.V4_BROADCAST)
                : ip.routes().find(message.to, message.clientAddress, device.id());
        if (route == null) {
            return;
        }
        PacketBuffer packet = pool.allocate(Udp.HEADER_BYTES + CAPACITY);
        int at = packet.append(Udp.HEADER_BYTES + CAPACITY);
        for (int i = 0; i < CAPACITY; i++) {
            packet.data().put(at + Udp.HEADER_BYTES + i, (byte) 0);
        }
        int end = write(packet.data(), at + Udp.HEADER_BYTES, message);
        int length = Math.max(end - at, Udp.HEADER_BYTES + Dhcp.MIN_BYTES);
        packet.trimTo(length);
        Udp.write(packet.data(), at, Dhcp.CLIENT_PORT, Dhcp.SERVER_PORT, length, 0);
        IpAddress source = route.source();
        IpAddress to = route.destination();
        long pseudo = Checksum.pseudoHeader(source.high(), source.low(), to.high(), to.low(), IpProtocol.UDP, length);
        int sum = Checksum.finish(Checksum.add(pseudo, packet.data(), at, length));
        packet.data().putShort(at + Udp.CHECKSUM_OFFSET, (short) (sum == 0 ? 0xffff : sum));
        counters.udpSent++;
        ip.send(packet, route, IpProtocol.UDP, IpLayer.LINK_TTL, 0);
    }

    private int write(ByteBuffer data, int at, Message message) {
        int seconds = (int) Math.min(message.seconds, 0xffff);
        Dhcp.write(data, at, message.transaction, seconds, message.clientAddress.v4Bits(), device.linkAddressBits());
        int to = at + Dhcp.HEADER_BYTES;
        to = option(data, to, Dhcp.OPTION_MESSAGE_TYPE, 1);
        data.put(to - 1, (byte) message.type);
        to = clientId(data, to);
        if (message.requested != null) {
            to = address(data, to, Dhcp.OPTION_REQUESTED_ADDRESS, message.requested);
        }
        if (message.server != null) {
            to = address(data, to, Dhcp.OPTION_SERVER, message.server);
        }
        if (message.type == Dhcp.DISCOVER || message.type == Dhcp.REQUEST) {
            to = wishes(data, to);
        }
        data.put(to++, (byte) Dhcp.OPTION_END);
        return to;
    }

    private int wishes(ByteBuffer data, int at) {
        int to = option(data, at, Dhcp.OPTION_PARAMETERS, PARAMETERS.length);
        data.put(to - PARAMETERS.length, PARAMETERS);
        to = option(data, to, Dhcp.OPTION_MAX_MESSAGE_BYTES, 2);
        data.putShort(to - 2, (short) Math.min(device.mtuBytes(), 1500));
        String name = settings.hostName();
        if (!name.isEmpty()) {
            to = option(data, to, Dhcp.OPTION_HOST_NAME, name.length());
            for (int i = 0; i < name.length(); i++) {
                data.put(to - name.length() + i, (byte) name.charAt(i));
            }
        }
        return to;
    }

    private int clientId(ByteBuffer data, int at) {
        int end = option(data, at, Dhcp.OPTION_CLIENT_ID, CLIENT_ID_BYTES);
        int to = end - CLIENT_ID_BYTES;
        data.put(to, (byte) CLIENT_ID_DUID);
        // The identity association is the NIC's: one client for each link address.
        data.putInt(to + 1, (int) device.linkAddressBits());
        data.putShort(to + 5, (short) DUID_LINK_ADDRESS);
        data.putShort(to + 7, (short) ETHERNET);
        data.putShort(to + 9, (short) (device.linkAddressBits() >>> 32));
        data.putInt(to + 11, (int) device.linkAddressBits());
        return end;
    }

    private static int address(ByteBuffer data, int at, int type, IpAddress address) {
        int end = option(data, at, type, 4);
        data.putInt(end - 4, address.v4Bits());
        return end;
    }

    /** Writes type and length; gives the position behind the option. */
    private static int option(ByteBuffer data, int at, int type, int bytes) {
        data.put(at, (byte) type);
        data.put(at + 1, (byte) bytes);
        return at + 2 + bytes;
    }
}
