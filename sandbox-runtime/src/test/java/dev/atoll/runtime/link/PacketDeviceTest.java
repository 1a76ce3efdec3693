package dev.atoll.runtime.link;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.runtime.host.HostCalls;
import dev.atoll.runtime.host.HostNamespace;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.Rng;
import dev.atoll.stack.wire.Checksum;
import dev.atoll.stack.wire.Ethernet;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.Ipv4;
import dev.atoll.stack.wire.MacAddress;
import dev.atoll.stack.wire.Udp;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** The link contract over a packet socket on one end of a veth pair, and what the kernel at the other end may send it. */
class PacketDeviceTest extends LinkContractTest {
    private static final MacAddress LINK_ADDRESS = MacAddress.parse("02:00:00:00:00:01");
    private static final String KERNEL_ADDRESS = "02:00:00:00:00:02";
    private static final int MTU_BYTES = 9100;
    private static final int HEADERS = Ethernet.HEADER_BYTES + 20 + Udp.HEADER_BYTES;

    static final class VethWire extends KernelWire {
        private VethWire(HostNamespace namespace, PolledLink link, HostDescriptor peer) {
            super(namespace, link, peer);
        }

        static VethWire open() throws Exception {
            HostNamespace namespace = HostNamespace.open();
            namespace.run("sh", "-c", "echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6");
            namespace.run("ip", "link", "add", "ours", "type", "veth", "peer", "name", "kernels");
            namespace.run("ip", "link", "set", "ours", "address", LINK_ADDRESS.toString(), "arp", "off");
            namespace.run("ip", "link", "set", "kernels", "address", KERNEL_ADDRESS);
            for (String device : new String[] {"ours", "kernels"}) {
                namespace.run("ip", "link", "set", device, "mtu", Integer.toString(MTU_BYTES), "up");
            }
            int socket = namespace.call(() -> HostCalls.openVirtioPacketSocket("ours"));
            PolledLink link = new PacketLink(HostDescriptor.adopt(socket), LINK_ADDRESS, MTU_BYTES, true);
            HostDescriptor peer = HostDescriptor.adopt(namespace.call(() -> HostCalls.openPacketSocket("kernels")));
            return new VethWire(namespace, link, peer);
        }

        @Override
        public void hangUp() throws Exception {
            namespace.run("ip", "link", "delete", "kernels");
        }

        @Override
        public int maxFrameBytes() {
            return MTU_BYTES + Ethernet.HEADER_BYTES;
        }
    }

    @Override
    Wire openWire() throws Exception {
        return VethWire.open();
    }

    private HostNamespace namespace() {
        return ((VethWire) wire).namespace;
    }

    @Test
    void ownFrames_areNotHeard() throws Exception {
        assertTrue(transmit(PacketBuffer.copyOf(frame(Rng.seeded(40), 60))));
        assertEquals(60, awaitSent().length);
        assertTrue(wire.send(frame(Rng.seeded(41), 61)));
        awaitFrames(1);
        assertEquals(61, dispatcher.frames.get(0).length());
    }

    @Test
    void interfaceDown_endsTheLink() throws Exception {
        namespace().run("ip", "link", "set", "ours", "down");
        long limit = System.nanoTime() + LIMIT_NS;
        while (dispatcher.failures.isEmpty()) {
            poll();
            assertTrue(System.nanoTime() - limit < 0, "that the interface is down was not noticed");
        }
        assertTrue(dispatcher.failures.get(0).startsWith("the interface cannot be read: "), dispatcher.failures.get(0));
    }

    /** The text is the kernel's for a super-segment that a virtio header cannot describe, which no test can send. */
    @Test
    void incoming_whatTheHeaderCannotDescribe_costsOneFrameAndNotTheLink() {
        assertTrue(((PacketLink) link).readFailed(new IOException("Invalid argument")), "the next one can be read");
        assertEquals(1, link.counters().malformed());
        assertNull(link.failure());
        assertFalse(((PacketLink) link).readFailed(new IOException("Network is down")));
        assertEquals("the interface cannot be read: Network is down", link.failure());
    }

    /** What QUIC servers do: a packet socket is not asked whether it takes datagrams that are still together. */
    @Test
    void incoming_segmentedDatagrams_areDeliveredOneByOne() throws Exception {
        byte[] payload = frame(Rng.seeded(42), 5 * 1200 + 333);
        namespace().run("ip", "address", "add", "10.66.0.1/24", "dev", "kernels");
        namespace().run("ip", "neighbour", "add", "10.66.0.2", "lladdr", LINK_ADDRESS.toString(), "dev", "kernels");
        int to = IpAddress.parse("10.66.0.2").v4Bits();
        namespace().call(() -> {
            HostCalls.sendSegmented(to, 7000, payload, 1200);
            return true;
        });
        awaitFrames(6);

        ByteBuffer whole = ByteBuffer.allocate(payload.length);
        int firstId = Ipv4.identification(dispatcher.frames.get(0).data(), ip(dispatcher.frames.get(0)));
        for (int i = 0; i < dispatcher.frames.size(); i++) {
            PacketBuffer got = dispatcher.frames.get(i);
            ByteBuffer data = got.data();
            int udp = got.start() + HEADERS - Udp.HEADER_BYTES;
            assertTrue(Ipv4.checksumValid(data, ip(got)));
            assertEquals(got.length() - Ethernet.HEADER_BYTES, Ipv4.totalLength(data, ip(got)));
            assertEquals((firstId + i) & 0xffff, Ipv4.identification(data, ip(got)));
            assertEquals(got.end() - udp, Udp.length(data, udp));
            assertTrue(got.checksumPartial && got.checksumValidated);
            long sum = Checksum.add(17 + (long) (got.end() - udp), data, ip(got) + 12, 8);
            assertEquals(Checksum.fold(sum), Udp.checksum(data, udp), "of the pseudo-header");
            whole.put(Arrays.copyOfRange(got.toArray(), HEADERS, got.length()));
        }
        assertArrayEquals(payload, whole.array());
        assertEquals(0, link.counters().malformed());
        long headers = link.counters().bytesIn() - payload.length;
        assertEquals(HEADERS, headers, "they came in one frame");
    }

    private static int ip(PacketBuffer frame) {
        return frame.start() + Ethernet.HEADER_BYTES;
    }
}
