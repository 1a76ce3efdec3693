package dev.atoll.stack.frames;

import static dev.atoll.stack.frames.OneStack.LINK_LOCAL;
import static dev.atoll.stack.frames.OneStack.PEER_MAC;
import static dev.atoll.stack.frames.OneStack.SECOND;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.DhcpListener;
import dev.atoll.stack.archive.ArchiveException;
import dev.atoll.stack.check.Bytes;
import dev.atoll.stack.check.Icmpv6Message;
import dev.atoll.stack.check.Ipv4Packet;
import dev.atoll.stack.check.Ipv6Packet;
import dev.atoll.stack.env.DhcpSettings;
import dev.atoll.stack.env.Ipv6Settings;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.filter.Chain;
import dev.atoll.stack.filter.ConnState;
import dev.atoll.stack.filter.ConnStateMatcher;
import dev.atoll.stack.filter.Family;
import dev.atoll.stack.filter.Rule;
import dev.atoll.stack.filter.RuleSet;
import dev.atoll.stack.filter.StandardTarget;
import dev.atoll.stack.filter.Table;
import dev.atoll.stack.filter.TableName;
import dev.atoll.stack.options.DhcpLease;
import dev.atoll.stack.options.DhcpLoss;
import dev.atoll.stack.wire.IpAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

/**
 * What is restored may be damaged so that its checksum does not show it. Then it is refused, or something else is
 * restored; but that ends, and takes no more memory than its size allows.
 */
class DamagedArchiveTest {
    private static final Ipv6Settings SETTINGS = Ipv6Settings.DEFAULT.withTemporaryAddresses(true);
    private static final int HEADER_BYTES = 24;
    private static final int ROUNDS = 1500;

    private final Random random = new Random(5);

    private static Table tracking(Family family) {
        Table all = Table.acceptAll(TableName.FILTER, family);
        ConnStateMatcher matcher = new ConnStateMatcher(
                ConnStateMatcher.Spelling.CONNTRACK, ConnState.NEW.bit() | ConnState.ESTABLISHED.bit(), false);
        Chain output = all.chains().get(2);
        Rule rule = new Rule(List.of(matcher), StandardTarget.ACCEPT, all.origin());
        return all.with(new Chain(output.name(), output.policy(), List.of(rule), output.origin()));
    }

    /** Something of everything. */
    private static byte[] saved() throws StackException {
        try (OneStack net = new OneStack(SETTINGS)) {
            net.stack.ipTables().replace(RuleSet.of(List.of(tracking(Family.IPV4), tracking(Family.IPV6))));
            net.advance(3 * SECOND);
            Bytes advertisement = Bytes.hex("0000000000000000 0101 020000000041 0304 40 c0 00000e10 00000e10 00000000"
                    + "20010db8000100000000000000000000");
            net.send(new Icmpv6Message(Icmpv6Message.ROUTER_ADVERTISEMENT, 0, 1800, advertisement)
                    .packet(IpAddress.parse("fe80::1"), IpAddress.V6_ALL_NODES));
            net.nic.addAddress(IpAddress.parse("192.0.2.1"), 24);
            net.nic.neighbors().setStatic(IpAddress.parse("192.0.2.9"), PEER_MAC);
            net.nic.joinGroup(IpAddress.parse("239.1.2.3"));
            for (int host = 2; host < 12; host++) {
                Twins.send(net, IpAddress.v4(0xc000_0200 | host), 100);
            }
            net.send(Ipv6Packet.of(OneStack.PEER_LINK_LOCAL, LINK_LOCAL, Ipv4Packet.UDP, Bytes.of(new byte[80]))
                    .with(Ipv6Packet.Extension.fragment(0, true, 7)));
            net.stack.run(() -> LowerHalf.ip(net.stack).routes().pathMtu(IpAddress.parse("192.0.2.9"), 0, 1000));
            net.stack.startDhcp(net.nic, DhcpSettings.DEFAULT, null, new DhcpListener() {
                @Override
                public void onLease(int nicId, DhcpLease lease) {}

                @Override
                public void onLeaseLost(int nicId, DhcpLoss why) {}
            });
            return LowerHalf.save(net.stack);
        }
    }

    /** With a length and a checksum that are right. */
    private static byte[] sealed(byte[] archive) {
        CRC32 crc = new CRC32();
        crc.update(archive, HEADER_BYTES, archive.length - HEADER_BYTES);
        ByteBuffer.wrap(archive).putInt(12, archive.length - HEADER_BYTES).putLong(16, crc.getValue());
        return archive;
    }

    private byte[] damaged(byte[] saved) {
        byte[] copy = saved.clone();
        int at = HEADER_BYTES + random.nextInt(saved.length - HEADER_BYTES - Integer.BYTES);
        switch (random.nextInt(4)) {
            case 0 -> copy[at] ^= (byte) (1 << random.nextInt(8));
            case 1 -> ByteBuffer.wrap(copy).putInt(at, random.nextInt());
            case 2 -> ByteBuffer.wrap(copy).putInt(at, random.nextInt(1 << 16));
            default -> copy = Arrays.copyOf(copy, at);
        }
        return sealed(copy);
    }

    /** What was restored may be nonsense, but it works or fails. */
    private static void use(OneStack net) {
        try {
            net.advance(20 * SECOND);
            Twins.send(net, IpAddress.parse("192.0.2.9"), 3000);
        } catch (RuntimeException | StackException e) {
            assertFalse(e instanceof ArchiveException, "it was restored");
        }
    }

    @Test
    void damagedArchive_isRefusedOrRestoredInTime() throws StackException {
        byte[] saved = saved();
        List<RuntimeException> refused = new ArrayList<>();
        assertTimeoutPreemptively(Duration.ofMinutes(2), () -> {
            for (int i = 0; i < ROUNDS; i++) {
                OneStack net = new OneStack(SETTINGS);
                byte[] damaged = damaged(saved);
                try {
                    LowerHalf.restore(net.stack, damaged);
                } catch (RuntimeException e) {
                    refused.add(e);
                    continue;
                }
                use(net);
            }
        });
        assertTrue(refused.size() > ROUNDS / 4 && refused.size() < ROUNDS, refused.size() + " were refused");
    }
}
