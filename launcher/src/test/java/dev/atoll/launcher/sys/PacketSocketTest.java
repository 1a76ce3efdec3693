package dev.atoll.launcher.sys;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the link's socket hears of an interface: sockets on both ends of a veth pair, in a namespace of the test's own. */
@Timeout(60)
class PacketSocketTest {
    private static final int EAGAIN = 11;
    private static final long LIMIT_NS = TimeUnit.SECONDS.toNanos(20);
    private static final int HEADER = PacketSocket.VNET_HEADER_BYTES;
    private static final byte[] NEAR_MAC = {2, 0, 0, 0, 0, 1};
    private static final byte[] OTHER_MAC = {2, 0, 0, 0, 0, 9};

    private NetworkNamespace namespace;
    private int near;
    private int far;

    @BeforeEach
    void makePair() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "needs root, for network namespaces");
        namespace = NetworkNamespace.create();
        inside(
                "sh",
                "-ec",
                "echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6;"
                        + "ip link add near address 02:00:00:00:00:01 type veth peer name far;"
                        + "ip link set near up; ip link set far up");
        near = open("near");
        far = open("far");
    }

    @AfterEach
    void close() {
        if (namespace != null) {
            Libc.close(near);
            Libc.close(far);
            namespace.close();
        }
    }

    private int open(String name) throws SystemCallException {
        return namespace.call(() -> {
            int socket = PacketSocket.open();
            try (NetDevice device = NetDevice.open(name)) {
                PacketSocket.bind(socket, device.index());
            }
            return socket;
        });
    }

    private void inside(String... command) throws Exception {
        String file = "/proc/" + ProcessHandle.current().pid() + "/fd/" + namespace.descriptor();
        List<String> words = new ArrayList<>(List.of("nsenter", "--net=" + file));
        words.addAll(Arrays.asList(command));
        Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), output);
    }

    /** A frame of a protocol that nobody answers to, the virtio header before it. */
    private static byte[] frame(byte[] to, byte... afterAddresses) {
        byte[] frame = new byte[HEADER + 60];
        System.arraycopy(to, 0, frame, HEADER, to.length);
        frame[HEADER + 6] = 2;
        frame[HEADER + 11] = 2;
        System.arraycopy(afterAddresses, 0, frame, HEADER + 12, afterAddresses.length);
        return frame;
    }

    private static byte[] plain(int number) {
        return frame(NEAR_MAC, (byte) 0x88, (byte) 0xb5, (byte) (number >> 8), (byte) number);
    }

    /** What is there now, without the virtio header; waits for the first. */
    private static byte[] read(int socket) throws SystemCallException {
        byte[] bytes = new byte[2000];
        long start = System.nanoTime();
        while (true) {
            try {
                return Arrays.copyOfRange(bytes, HEADER, Libc.read(socket, bytes));
            } catch (SystemCallException e) {
                assertTrue(e.errno() == EAGAIN && System.nanoTime() - start < LIMIT_NS, e.getMessage());
            }
        }
    }

    private static byte[] withoutHeader(byte[] frame) {
        return Arrays.copyOfRange(frame, HEADER, frame.length);
    }

    @Test
    void frames_forThisStation_areHeard_andThoseItSendsAreNot() throws Exception {
        Libc.write(near, plain(1));
        Libc.write(far, plain(2));

        assertArrayEquals(withoutHeader(plain(2)), read(near));
    }

    @Test
    void frames_sentByTheHost_areNotHeard() throws Exception {
        int another = open("near");
        try {
            Libc.write(another, plain(1));
            Libc.write(far, plain(2));

            assertArrayEquals(withoutHeader(plain(2)), read(near));
        } finally {
            Libc.close(another);
        }
    }

    @Test
    void frames_forAnotherStation_areNotHeard_thoseForGroupsAre() throws Exception {
        byte[] group = {1, 0, 0x5e, 1, 2, 3};
        Libc.write(far, frame(OTHER_MAC, (byte) 0x88, (byte) 0xb5));
        Libc.write(far, frame(group, (byte) 0x88, (byte) 0xb5));

        assertArrayEquals(withoutHeader(frame(group, (byte) 0x88, (byte) 0xb5)), read(near));
    }

    /** The kernel takes the tag off: what is read would look as if it had none. */
    @Test
    void frames_ofAVlan_areNotHeard_butThoseWithAPriorityOnly() throws Exception {
        byte[] vlan5 = {(byte) 0x81, 0, 0, 5, (byte) 0x88, (byte) 0xb5, 5};
        byte[] priority = {(byte) 0x81, 0, (byte) 0xe0, 0, (byte) 0x88, (byte) 0xb5, 7};
        Libc.write(far, frame(NEAR_MAC, vlan5));
        Libc.write(far, frame(NEAR_MAC, priority));

        byte[] got = read(near);
        assertArrayEquals(new byte[] {(byte) 0x88, (byte) 0xb5, 7}, Arrays.copyOfRange(got, 12, 15));
    }

    @Test
    void queue_full_losesFrames_andCountsThemOnce() throws Exception {
        int sent = 0;
        for (; sent < PacketSocket.RECEIVE_QUEUE_BYTES / 256; sent++) {
            Libc.write(far, plain(sent));
        }
        long lost = PacketSocket.takeLost(near);
        assertTrue(lost > 0 && lost < sent, lost + " of " + sent);
        assertEquals(0, PacketSocket.takeLost(near));
        for (int i = 0; i < sent - lost; i++) {
            assertArrayEquals(withoutHeader(plain(i)), read(near));
        }
    }
}
