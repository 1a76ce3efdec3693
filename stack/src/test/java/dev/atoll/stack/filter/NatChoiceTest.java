package dev.atoll.stack.filter;

import static dev.atoll.stack.filter.Packets.CLIENT;
import static dev.atoll.stack.filter.Packets.SERVER;
import static dev.atoll.stack.filter.Packets.SYN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.Rng;
import dev.atoll.stack.wire.IpAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Which address and port of a range a flow gets (iptables-extensions(8), nf_nat_core.c). */
class NatChoiceTest {
    private static final IpAddress FIRST = IpAddress.parse("198.51.100.10");
    private static final IpAddress LAST = IpAddress.parse("198.51.100.13");

    private final IpTables tables = new IpTables(Rng.seeded(3));

    private void sources(NatRange range) {
        tables.replace(RuleSet.of(List.of(new Rules(TableName.NAT)
                .add("POSTROUTING", new NatTarget.Snat(range), Rules.protocol(6))
                .table())));
    }

    private PacketBuffer sent(IpAddress source, int port, IpAddress destination, int destinationPort) {
        PacketBuffer packet = Packets.tcp(source, port, destination, destinationPort, SYN);
        for (Hook hook : List.of(Hook.OUTPUT, Hook.POSTROUTING)) {
            assertEquals(
                    Verdict.Kind.ACCEPT,
                    tables.check(hook, packet, null, "eth0", 0).kind());
        }
        return packet;
    }

    private static IpAddress source(PacketBuffer packet) {
        return new IpAddress(packet.sourceHigh, packet.sourceLow);
    }

    private static int port(PacketBuffer packet, int offset) {
        return packet.data().getShort(packet.transportOffset + offset) & 0xffff;
    }

    @Test
    void addresses_areSpreadOverTheRange_butAFlowsAgainTheSame() {
        sources(NatRange.ANY.addresses(FIRST, LAST));
        Set<IpAddress> used = new HashSet<>();
        for (int host = 1; host < 60; host++) {
            IpAddress source = IpAddress.v4(0x0a420000 + host);
            IpAddress chosen = source(sent(source, 9000, SERVER, 80));
            assertTrue(FIRST.compareTo(chosen) <= 0 && chosen.compareTo(LAST) <= 0);
            assertEquals(chosen, source(sent(source, 9001, SERVER, 80)));
            used.add(chosen);
        }
        assertEquals(4, used.size());
    }

    @Test
    void persistent_sourceHasOneAddressWhateverItTalksTo() {
        sources(new NatRange(FIRST, LAST, 0, 0, 0, false, false, true));
        Set<IpAddress> used = new HashSet<>();
        for (int host = 1; host < 60; host++) {
            used.add(source(sent(CLIENT, 9000, IpAddress.v4(0x08080800 + host), 80)));
        }
        assertEquals(1, used.size());
    }

    @Test
    void portInUse_isReplacedByOneOfItsClass() {
        sources(NatRange.ANY.address(FIRST));
        int[][] classes = {{100, 1, 511}, {700, 600, 1023}, {550, 600, 1023}, {5000, 1024, 65535}};
        for (int[] each : classes) {
            assertEquals(each[0], port(sent(CLIENT, each[0], SERVER, 80), 0));
            int other = port(sent(SERVER, each[0], SERVER, 80), 0);
            assertNotEquals(each[0], other);
            assertTrue(other >= each[1] && other <= each[2], "instead of " + each[0] + " comes " + other);
        }
    }

    @Test
    void random_neverTakesTheFlowsOwnPortOnPurpose() {
        sources(new NatRange(FIRST, FIRST, 0, 0, 0, true, false, false));
        Set<Integer> used = new HashSet<>();
        for (int host = 1; host <= 50; host++) {
            used.add(port(sent(CLIENT, 5000, IpAddress.v4(0x08080800 + host), 80), 0));
        }
        assertTrue(used.size() > 45);
    }

    @Test
    void sameSourcePort_servesForOtherDestinations() {
        sources(NatRange.ANY.address(FIRST));
        assertEquals(5000, port(sent(CLIENT, 5000, SERVER, 80), 0));
        assertEquals(5000, port(sent(CLIENT, 5000, SERVER, 81), 0));
    }

    /** As Linux 6.8 and later. */
    @Test
    void destination_hasTheFirstPortOfTheRange_andTheNextIfThatIsTaken() {
        NatRange range = NatRange.ANY.address(SERVER).ports(8000, 8010);
        tables.replace(RuleSet.of(List.of(new Rules(TableName.NAT)
                .add("OUTPUT", new NatTarget.Dnat(range), Rules.protocol(6))
                .table())));
        assertEquals(8000, port(sent(CLIENT, 1, FIRST, 80), 2));
        assertEquals(8001, port(sent(CLIENT, 1, LAST, 80), 2));
        assertEquals(8000, port(sent(CLIENT, 2, FIRST, 80), 2));
    }

    @Test
    void basePort_shiftsAPortIntoTheRange() {
        NatRange range = new NatRange(SERVER, SERVER, 8000, 8010, 5000, false, false, false);
        tables.replace(RuleSet.of(List.of(new Rules(TableName.NAT)
                .add("OUTPUT", new NatTarget.Dnat(range), Rules.protocol(6))
                .table())));
        assertEquals(8000, port(sent(CLIENT, 1, FIRST, 5000), 2));
        assertEquals(8007, port(sent(CLIENT, 1, FIRST, 5007), 2));
        // Beyond the range it begins anew.
        assertEquals(8001, port(sent(CLIENT, 1, FIRST, 5012), 2));
        assertEquals(8000 + 0xffff % 11, port(sent(CLIENT, 1, FIRST, 4999), 2));
    }

    @Test
    void ipv6Range_mayBeLargerThanALong() {
        IpAddress first = IpAddress.parse("2001:db8::8000:0:0:0");
        IpAddress last = IpAddress.parse("2001:db8:0:2::7");
        Set<IpAddress> used = new HashSet<>();
        for (int host = 1; host < 200; host++) {
            FlowKey key = new FlowKey(0);
            key.address(NatSide.SOURCE, 0x2001_0db8_0000_0009L, host);
            key.protocol = 99;
            NatChoice.make(
                    key, NatSide.SOURCE, NatRange.ANY.addresses(first, last), Rng.seeded(1), new ConnTrack(1), 0);
            IpAddress chosen = new IpAddress(key.sourceHigh, key.sourceLow);
            assertTrue(first.compareTo(chosen) <= 0 && chosen.compareTo(last) <= 0, chosen::toString);
            used.add(chosen);
        }
        assertTrue(used.size() > 100);
    }
}
