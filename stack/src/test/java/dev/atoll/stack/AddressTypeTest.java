package dev.atoll.stack;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.atoll.stack.env.StackException;
import dev.atoll.stack.filter.AddressType;
import dev.atoll.stack.filter.AddressTypeMatcher;
import dev.atoll.stack.filter.AddressTypeMatcher.Limit;
import dev.atoll.stack.filter.AddressTypeMatcher.Types;
import dev.atoll.stack.filter.Chain;
import dev.atoll.stack.filter.ChainPolicy;
import dev.atoll.stack.filter.Family;
import dev.atoll.stack.filter.Hook;
import dev.atoll.stack.filter.Origin;
import dev.atoll.stack.filter.ProtocolMatcher;
import dev.atoll.stack.filter.Rule;
import dev.atoll.stack.filter.RuleCounters;
import dev.atoll.stack.filter.RuleSet;
import dev.atoll.stack.filter.StandardTarget;
import dev.atoll.stack.filter.Table;
import dev.atoll.stack.filter.TableName;
import dev.atoll.stack.socket.EndpointOption;
import dev.atoll.stack.socket.UdpEndpoint;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What addresses are to a stack, as rules with {@code -m addrtype} see them (Linux's inet_dev_addr_type). */
class AddressTypeTest {
    private static final Origin ORIGIN = new Origin("test", 1, "type");
    private static final List<AddressType> ASKED =
            List.of(AddressType.LOCAL, AddressType.BROADCAST, AddressType.MULTICAST, AddressType.UNICAST);

    private static Chain output(Limit limit, boolean source) {
        List<Rule> rules = new ArrayList<>();
        for (AddressType type : ASKED) {
            Types types = new Types(type.bit(), false);
            AddressTypeMatcher matcher = new AddressTypeMatcher(limit, source ? types : null, source ? null : types);
            rules.add(new Rule(List.of(new ProtocolMatcher(17, false), matcher), StandardTarget.ACCEPT, ORIGIN));
        }
        return new Chain(Hook.OUTPUT.name(), ChainPolicy.ACCEPT, rules, ORIGIN);
    }

    /** The type of the destination, or of the source, of a datagram that is sent there. */
    private static AddressType typeOf(String destination, Limit limit, boolean source) throws StackException {
        IpAddress to = IpAddress.parse(destination);
        try (TwoStacks net = TwoStacks.with(builder -> {})) {
            Family family = to.isV4() ? Family.IPV4 : Family.IPV6;
            Table table = Table.acceptAll(TableName.FILTER, family).with(output(limit, source));
            net.left.ipTables().replace(RuleSet.of(List.of(table)));
            UdpEndpoint udp = net.left.newUdpEndpoint();
            if (to.isV4()) {
                udp.setOption(EndpointOption.SO_BROADCAST, true);
            }
            udp.send(ByteBuffer.allocate(1), new FullAddress(to.isMulticast() ? 2 : 0, to, 9));
            List<RuleCounters> counters = net.left.ipTables().counters().stream()
                    .filter(chain -> chain.chain().name().equals(Hook.OUTPUT.name()))
                    .findFirst()
                    .orElseThrow()
                    .rules();
            for (int i = 0; i < ASKED.size(); i++) {
                if (counters.get(i).packets() > 0) {
                    return ASKED.get(i);
                }
            }
            throw new AssertionError("no rule was met");
        }
    }

    @Test
    void destination_isItsTypeInTheLocalTable() throws StackException {
        assertEquals(AddressType.LOCAL, typeOf("127.3.2.1", Limit.NONE, false));
        assertEquals(AddressType.LOCAL, typeOf("10.0.0.1", Limit.NONE, false));
        assertEquals(AddressType.UNICAST, typeOf("10.0.0.2", Limit.NONE, false));
        assertEquals(AddressType.BROADCAST, typeOf("10.0.0.255", Limit.NONE, false));
        assertEquals(AddressType.BROADCAST, typeOf("255.255.255.255", Limit.NONE, false));
        assertEquals(AddressType.MULTICAST, typeOf("239.1.1.1", Limit.NONE, false));
        assertEquals(AddressType.LOCAL, typeOf("fd00::1", Limit.NONE, false));
        assertEquals(AddressType.LOCAL, typeOf("::1", Limit.NONE, false));
        assertEquals(AddressType.UNICAST, typeOf("fd00::2", Limit.NONE, false));
        assertEquals(AddressType.MULTICAST, typeOf("ff02::1", Limit.NONE, false));
    }

    /** What loops back leaves by lo, which has other addresses than eth0. */
    @Test
    void limitedToAnInterface_onlyItsOwnAddressesCount() throws StackException {
        assertEquals(AddressType.LOCAL, typeOf("127.3.2.1", Limit.OUT, false));
        assertEquals(AddressType.UNICAST, typeOf("10.0.0.1", Limit.OUT, false));
        assertEquals(AddressType.BROADCAST, typeOf("10.0.0.255", Limit.OUT, false));
        assertEquals(AddressType.LOCAL, typeOf("10.0.0.2", Limit.OUT, true));
    }

    @Test
    void ownSource_isLocal() throws StackException {
        assertEquals(AddressType.LOCAL, typeOf("10.0.0.2", Limit.NONE, true));
        assertEquals(AddressType.LOCAL, typeOf("fd00::2", Limit.NONE, true));
    }
}
