package dev.atoll.runtime.packetlog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.atoll.runtime.host.HostCalls;
import dev.atoll.runtime.host.HostNamespace;
import dev.atoll.runtime.host.Programs;
import dev.atoll.runtime.link.HostDescriptor;
import dev.atoll.stack.filter.Hook;
import dev.atoll.stack.filter.LogDetails;
import dev.atoll.stack.filter.LogTarget;
import dev.atoll.stack.filter.LoggedPacket;
import dev.atoll.stack.wire.MacAddress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Packets that the kernel logs and {@link PacketText} tells of, word for word. They come in by a TAP device in a network namespace of
 * its own and meet LOG in table raw, before the kernel has looked at anything behind their IP header.
 */
@Timeout(120)
class KernelLogTest {
    /** Linux keeps to itself what rules in a network namespace log, unless this is set; it is one setting for the machine. */
    private static final Path ALL_NAMESPACES = Path.of("/proc/sys/net/netfilter/nf_log_all_netns");

    private static final int RANDOM_PACKETS = 300;
    private static final int VNET_HEADER_BYTES = 10;
    private static final long OWN_MAC = 0x0200_0000_0001L;
    private static final long PEER_MAC = 0x0200_0000_0007L;

    /**
     * A rule with LOG.
     *
     * @param options of iptables
     * @param details what they are to {@link PacketText}
     */
    private record LogRule(String options, LogDetails details) {}

    /** Nobody on this host has sent these packets, so that none has an owner. */
    private static final List<LogRule> RULES = List.of(
            new LogRule("", LogDetails.NONE),
            new LogRule(" --log-tcp-sequence --log-tcp-options --log-ip-options --log-uid", LogDetails.OF_TRACE),
            new LogRule(" --log-macdecode", new LogDetails(false, false, false, false, true)));

    private final Random random = new Random(11);

    /** In the text of an IPv4 packet its ID, in that of an IPv6 packet its flow label: which packet it is. */
    private static final Pattern NUMBER = Pattern.compile(" (?:ID|FLOWLBL)=([0-9]+) ");

    @Test
    void lines_areThoseOfTheKernel() throws Exception {
        try (HostNamespace namespace = HostNamespace.open()) {
            assumeTrue(Programs.isInstalled("iptables-legacy-restore"), "needs iptables (apt-get install iptables)");
            assumeTrue(Programs.isInstalled("dmesg"), "needs dmesg (apt-get install util-linux)");
            assumeTrue(
                    Files.isWritable(ALL_NAMESPACES),
                    "needs to write " + ALL_NAMESPACES + " (the module nf_log_syslog)");
            String before = Files.readString(ALL_NAMESPACES).strip();
            try (HostDescriptor tap =
                    HostDescriptor.adopt(namespace.call(() -> HostCalls.openTap("eth0", /* offloads= */ false)))) {
                Files.writeString(ALL_NAMESPACES, "1");
                compare(namespace, tap);
            } finally {
                Files.writeString(ALL_NAMESPACES, before);
            }
        }
    }

    private void compare(HostNamespace namespace, HostDescriptor tap) throws Exception {
        // No other run's lines are taken for this one's.
        String mark = "atoll" + Long.toString(System.nanoTime(), 36) + "-";
        StringBuilder rules = new StringBuilder("*raw\n");
        for (int i = 0; i < RULES.size(); i++) {
            rules.append("-A PREROUTING -i eth0 -j LOG --log-prefix \"" + mark + i + " \""
                    + RULES.get(i).options() + "\n");
        }
        namespace.run(
                "sh",
                "-e",
                "-c",
                "ip link set eth0 address " + new MacAddress(OWN_MAC) + " up\n"
                        + "for restore in iptables-legacy-restore ip6tables-legacy-restore; do\n$restore <<'END'\n"
                        + rules + "COMMIT\nEND\ndone");
        List<byte[]> packets = packets();
        for (byte[] packet : packets) {
            send(tap, packet);
        }
        int compared = 0;
        List<String> differences = new ArrayList<>();
        for (String line : namespace.run("dmesg").split("\n", -1)) {
            int at = line.indexOf(mark);
            // The first of the reserved bits is a flag of its own to newer kernels (RFC 9768), and to older ones not.
            if (at >= 0 && !line.contains(" AE ")) {
                Matcher number = NUMBER.matcher(line);
                assertTrue(number.find(), line);
                byte[] packet = packets.get(Integer.parseInt(number.group(1)));
                int behind = at + mark.length();
                LogRule rule = RULES.get(line.charAt(behind) - '0');
                String told = line.substring(at);
                String ours = text(line.substring(at, behind + 2), rule.details(), packet);
                if (!ours.equals(told.stripTrailing())) {
                    differences.add("\nkernel " + told + "\nours   " + ours + "\npacket "
                            + HexFormat.of().formatHex(packet));
                }
                compared++;
            }
        }
        assertEquals(List.of(), differences);
        // The kernel drops some before it asks any rule, as those whose hop-by-hop options are none.
        assertTrue(compared > RULES.size() * packets.size() / 2, compared + " lines of " + packets.size() + " packets");
    }

    private static String text(String prefix, LogDetails details, byte[] packet) {
        LogTarget.Log log = new LogTarget.Log(LogTarget.Log.WARNING, prefix, details);
        LoggedPacket logged = new LoggedPacket(
                log,
                null,
                Hook.PREROUTING,
                "eth0",
                "",
                new MacAddress(PEER_MAC),
                new MacAddress(OWN_MAC),
                packet[0] >> 4,
                ByteBuffer.wrap(packet),
                packet.length,
                0,
                null,
                0);
        return PacketText.prefix(log) + PacketText.of(logged);
    }

    // --- Packets

    /** Each with its place among them where its text has it. */
    private List<byte[]> packets() {
        List<byte[]> packets = new ArrayList<>();
        String syn = "4500003c000040004006" + "0000" + "0a420007c0000207"
                + "9c4001bb0102030405060708a002faf000000000020405b40402080a000000010000000001030307";
        String query = "45b80020000100004011" + "0000" + "0a4200070a420001" + "13880035000c0000" + "01020304";
        String icmp = "45000054000000004001" + "0000" + "c00002070a420002";
        String between = "20010db8000000000000000000000007" + "20010db8000000000000000000000001";
        String synV6 = "6000000000140640" + between + "9c4001bb0000000100000000500200ff00000000";
        for (String hex : List.of(
                syn,
                query,
                icmp + "0800000012340005",
                icmp + "03040000000005dc" + syn,
                icmp + "05010000c0000201" + query,
                "4600002000010003400600000a420007c000020794040000" + "01020304",
                "4500001c00012000401100000a420007c0000207" + "1388",
                synV6,
                "6000000000102c40" + between + "11000001000000ab" + "1388003500080000",
                "6000000000443a40" + between + "0200000000000500" + synV6,
                "6000000000083a40" + between + "8000000000070003",
                "4500001c00000000403300000a420007c0000207" + "0104000000000001",
                "4500001a00000000403200000a420007c0000207" + "000000010000",
                "6000000000083340" + between + "0600000000000001",
                "6000000000063240" + between + "000000010000",
                "6000000000202c40" + between + "33000008000000ab" + "0604000000000001" + "0000000100000000"
                        + "1388003500080000",
                "6000000000203c40" + between + "330000000000abcd" + "1104000000000001" + "0000000100000000"
                        + "1388003500080000")) {
            packets.add(HexFormat.of().parseHex(hex));
        }
        while (packets.size() < RANDOM_PACKETS) {
            packets.add(randomPacket());
        }
        for (int i = 0; i < packets.size(); i++) {
            finish(packets.get(i), i);
        }
        return packets;
    }

    private byte[] randomPacket() {
        boolean v4 = random.nextBoolean();
        byte[] bytes = new byte[(v4 ? 20 : 40) + random.nextInt(LoggedPacket.MAX_HEADER_BYTES - 40)];
        random.nextBytes(bytes);
        int words = 5 + random.nextInt(Math.max(1, Math.min(11, bytes.length / 4 - 4)));
        bytes[0] = (byte) (v4 ? 0x40 | words : 0x60);
        int[] protocols = {1, 6, 17, 50, 51, 58, 43, 44, 60, 136};
        bytes[v4 ? 9 : 6] = (byte) protocols[random.nextInt(protocols.length)];
        // From anybody but a group or this host, which no packet is from.
        bytes[v4 ? 12 : 8] = 0x20;
        return bytes;
    }

    /** Lengths and checksum, without which the kernel drops a packet unseen, and its number. */
    private static void finish(byte[] packet, int number) {
        ByteBuffer buffer = ByteBuffer.wrap(packet);
        if (packet[0] >> 4 == 6) {
            buffer.putInt(0, 0x6000_0000 | (buffer.getInt(0) & 0x0ff0_0000) | number);
            buffer.putShort(4, (short) (packet.length - 40));
            return;
        }
        buffer.putShort(2, (short) packet.length);
        buffer.putShort(4, (short) number);
        buffer.putShort(10, (short) 0);
        int sum = 0;
        for (int at = 0; at < (packet[0] & 0xf) * 4; at += 2) {
            sum += buffer.getShort(at) & 0xffff;
        }
        sum = (sum & 0xffff) + (sum >>> 16);
        sum = (sum & 0xffff) + (sum >>> 16);
        buffer.putShort(10, (short) ~sum);
    }

    private static void send(HostDescriptor tap, byte[] packet) throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(VNET_HEADER_BYTES + 14 + packet.length);
        frame.put(new byte[VNET_HEADER_BYTES])
                .putShort((short) (OWN_MAC >>> 32))
                .putInt((int) OWN_MAC)
                .putShort((short) (PEER_MAC >>> 32))
                .putInt((int) PEER_MAC)
                .putShort((short) (packet[0] >> 4 == 4 ? 0x0800 : 0x86dd))
                .put(packet)
                .flip();
        int length = frame.limit();
        if (tap.write(frame) != length) {
            throw new IOException("a TAP device did not take a frame of " + packet.length + " bytes");
        }
    }
}
