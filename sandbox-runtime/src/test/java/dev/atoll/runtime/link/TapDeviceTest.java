package dev.atoll.runtime.link;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.runtime.host.HostCalls;
import dev.atoll.runtime.host.HostNamespace;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.Rng;
import dev.atoll.stack.wire.MacAddress;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** The link contract over a real TAP with a packet socket at the kernel's end, and the kernel doing what was left to it. */
class TapDeviceTest extends LinkContractTest {
    private static final MacAddress LINK_ADDRESS = MacAddress.parse("02:00:00:00:00:01");
    private static final String KERNEL_ADDRESS = "02:00:00:00:00:02";

    static final class TapWire extends KernelWire {
        private TapWire(HostNamespace namespace, PolledLink link, HostDescriptor peer) {
            super(namespace, link, peer);
        }

        static TapWire open() throws Exception {
            HostNamespace namespace = HostNamespace.open();
            HostDescriptor tap = HostDescriptor.adopt(namespace.call(() -> HostCalls.openTap("tap0")));
            // No IPv6: the kernel would speak first.
            namespace.run("sh", "-c", "echo 1 > /proc/sys/net/ipv6/conf/tap0/disable_ipv6");
            namespace.run("ip", "link", "set", "tap0", "address", KERNEL_ADDRESS, "mtu", "9100", "up");
            HostDescriptor peer = HostDescriptor.adopt(namespace.call(() -> HostCalls.openPacketSocket("tap0")));
            return new TapWire(namespace, new TapLink(tap, LINK_ADDRESS, 9100, true), peer);
        }

        @Override
        public void hangUp() throws Exception {
            namespace.run("ip", "link", "delete", "tap0");
        }

        @Override
        public int maxFrameBytes() {
            return 9100 + 14;
        }
    }

    @Override
    Wire openWire() throws Exception {
        return TapWire.open();
    }

    private HostNamespace namespace() {
        return ((TapWire) wire).namespace;
    }

    @Test
    void outgoing_partialChecksum_isCompletedByTheKernel() throws Exception {
        namespace().run("ip", "address", "add", "10.66.0.1/24", "dev", "tap0");
        try (DatagramSocket socket =
                namespace().call(() -> new DatagramSocket(7000, InetAddress.getByName("10.66.0.1")))) {
            socket.setSoTimeout(10_000);
            byte[] payload = frame(Rng.seeded(30), 999);
            transmit(udp(payload, 9));
            DatagramPacket got = new DatagramPacket(new byte[2000], 2000);
            socket.receive(got);
            assertArrayEquals(payload, Arrays.copyOf(got.getData(), got.getLength()));
        }
    }

    @Test
    void deviceDown_framesAreLostAndTheLinkLives() throws Exception {
        namespace().run("ip", "link", "set", "tap0", "down");
        assertTrue(transmit(PacketBuffer.copyOf(frame(Rng.seeded(31), 60))));
        assertEquals(1, link.counters().lostOut());
        link.poll(true, true);
        assertTrue(dispatcher.failures.isEmpty());
        namespace().run("ip", "link", "set", "tap0", "up");
        assertTrue(transmit(PacketBuffer.copyOf(frame(Rng.seeded(32), 60))));
        assertEquals(1, link.counters().lostOut());
    }

    /** A datagram to 10.66.0.1:7000 whose checksum field holds the pseudo-header's sum only. */
    private static PacketBuffer udp(byte[] payload, int id) {
        int udpBytes = 8 + payload.length;
        ByteBuffer frame = ByteBuffer.allocate(14 + 20 + udpBytes);
        frame.put(new byte[] {2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1}).putShort((short) 0x0800);
        frame.putShort((short) 0x4500).putShort((short) (20 + udpBytes)).putShort((short) id);
        frame.putShort((short) 0x4000).put((byte) 64).put((byte) 17).putShort((short) 0);
        frame.putInt(0x0a420002).putInt(0x0a420001);
        frame.putShort(24, (short) ~sum(frame, 14, 20, 0));
        frame.putShort((short) 5000).putShort((short) 7000).putShort((short) udpBytes);
        frame.putShort((short) sum(frame, 26, 8, 17 + udpBytes)).put(payload);
        PacketBuffer packet = PacketBuffer.copyOf(frame.array());
        packet.checksumPartial = true;
        packet.checksumStart = packet.start() + 34;
        packet.checksumOffset = 6;
        return packet;
    }

    /** The sum of RFC 1071 over an even number of bytes, not complemented. */
    private static int sum(ByteBuffer bytes, int from, int length, int start) {
        int sum = start;
        for (int at = from; at < from + length; at += 2) {
            sum += bytes.getShort(at) & 0xffff;
        }
        sum = (sum & 0xffff) + (sum >>> 16);
        return (sum & 0xffff) + (sum >>> 16);
    }
}
