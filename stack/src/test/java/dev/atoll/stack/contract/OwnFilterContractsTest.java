package dev.atoll.stack.contract;

import dev.atoll.stack.filter.AddressMatcher;
import dev.atoll.stack.filter.AddressRangeMatcher;
import dev.atoll.stack.filter.AddressType;
import dev.atoll.stack.filter.AddressTypeMatcher;
import dev.atoll.stack.filter.BytePattern;
import dev.atoll.stack.filter.CommentMatcher;
import dev.atoll.stack.filter.ConnBytesMatcher;
import dev.atoll.stack.filter.ConnMarkMatcher;
import dev.atoll.stack.filter.ConnState;
import dev.atoll.stack.filter.ConnStateMatcher;
import dev.atoll.stack.filter.ConnTrackMatcher;
import dev.atoll.stack.filter.EcnMatcher;
import dev.atoll.stack.filter.FlowCondition;
import dev.atoll.stack.filter.FlowTarget;
import dev.atoll.stack.filter.FragmentMatcher;
import dev.atoll.stack.filter.HopsMatcher;
import dev.atoll.stack.filter.IcmpMatcher;
import dev.atoll.stack.filter.InterfaceMatcher;
import dev.atoll.stack.filter.LengthMatcher;
import dev.atoll.stack.filter.LimitMatcher;
import dev.atoll.stack.filter.LinkSourceMatcher;
import dev.atoll.stack.filter.MarkMatcher;
import dev.atoll.stack.filter.Matcher;
import dev.atoll.stack.filter.MultiportMatcher;
import dev.atoll.stack.filter.NatRange;
import dev.atoll.stack.filter.NatTarget;
import dev.atoll.stack.filter.NthMatcher;
import dev.atoll.stack.filter.OwnerMatcher;
import dev.atoll.stack.filter.PacketTypeMatcher;
import dev.atoll.stack.filter.PortRange;
import dev.atoll.stack.filter.ProtocolMatcher;
import dev.atoll.stack.filter.RandomMatcher;
import dev.atoll.stack.filter.RejectWith;
import dev.atoll.stack.filter.RewriteTarget;
import dev.atoll.stack.filter.SpiMatcher;
import dev.atoll.stack.filter.StandardTarget;
import dev.atoll.stack.filter.StringMatcher;
import dev.atoll.stack.filter.Target;
import dev.atoll.stack.filter.TcpMatcher;
import dev.atoll.stack.filter.TcpMssMatcher;
import dev.atoll.stack.filter.TosMatcher;
import dev.atoll.stack.filter.U32Matcher;
import dev.atoll.stack.filter.UdpMatcher;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.MacAddress;
import java.util.List;
import org.junit.jupiter.api.Nested;

/** The matchers and targets that come with the stack keep the contracts that it asks others to keep. */
class OwnFilterContractsTest {
    private static final PortRange LOW = new PortRange(0, 0x7fff, false);

    private abstract static class OfMatcher extends MatcherContract {
        private final Matcher matcher;

        OfMatcher(Matcher matcher) {
            this.matcher = matcher;
        }

        @Override
        protected Matcher newMatcher() {
            return matcher;
        }
    }

    private abstract static class OfTarget extends TargetContract {
        private final Target target;

        OfTarget(Target target) {
            this.target = target;
        }

        @Override
        protected Target newTarget() {
            return target;
        }
    }

    private static Matcher address(String address, String mask) {
        return new AddressMatcher(
                AddressMatcher.Direction.SOURCE, IpAddress.parse(address), IpAddress.parse(mask), false);
    }

    @Nested
    class Address extends OfMatcher {
        Address() {
            super(address("10.0.0.0", "255.0.0.0"));
        }
    }

    @Nested
    class Address6 extends OfMatcher {
        Address6() {
            super(address("fd00::", "ffff::"));
        }
    }

    @Nested
    class Comment extends OfMatcher {
        Comment() {
            super(new CommentMatcher("all"));
        }
    }

    @Nested
    class Marked extends OfMatcher {
        Marked() {
            super(new MarkMatcher(1, 3, false));
        }
    }

    @Nested
    class Multiport extends OfMatcher {
        Multiport() {
            super(new MultiportMatcher(MultiportMatcher.Side.EITHER, List.of(LOW), true));
        }
    }

    @Nested
    class AddressRange extends OfMatcher {
        AddressRange() {
            super(new AddressRangeMatcher(
                    new AddressRangeMatcher.Range(IpAddress.parse("10.0.0.1"), IpAddress.parse("10.0.0.9"), true),
                    null));
        }
    }

    @Nested
    class OfAddressType extends OfMatcher {
        OfAddressType() {
            super(new AddressTypeMatcher(
                    AddressTypeMatcher.Limit.IN, null, new AddressTypeMatcher.Types(AddressType.LOCAL.bit(), true)));
        }
    }

    @Nested
    class LinkSource extends OfMatcher {
        LinkSource() {
            super(new LinkSourceMatcher(new MacAddress(5), true));
        }
    }

    @Nested
    class Length extends OfMatcher {
        Length() {
            super(new LengthMatcher(40, 1500, true));
        }
    }

    @Nested
    class Limit extends OfMatcher {
        Limit() {
            super(new LimitMatcher(LimitMatcher.DEFAULT_PERIOD, LimitMatcher.DEFAULT_BURST));
        }
    }

    @Nested
    class Hops extends OfMatcher {
        Hops() {
            super(new HopsMatcher(HopsMatcher.Comparison.LESS, 64));
        }
    }

    @Nested
    class TypeOfService extends OfMatcher {
        TypeOfService() {
            super(new TosMatcher(TosMatcher.Spelling.DSCP, 0xb8, TosMatcher.DSCP_MASK, true));
        }
    }

    @Nested
    class OfPacketType extends OfMatcher {
        OfPacketType() {
            super(new PacketTypeMatcher(PacketTypeMatcher.Type.UNICAST, false));
        }
    }

    @Nested
    class Owner extends OfMatcher {
        Owner() {
            super(new OwnerMatcher(OwnerMatcher.Socket.ANY, null, new OwnerMatcher.Ids(0, 99, true), true));
        }
    }

    @Nested
    class State extends OfMatcher {
        State() {
            super(new ConnStateMatcher(ConnStateMatcher.Spelling.STATE, ConnState.NEW.bit(), false));
        }
    }

    @Nested
    class ConnTrack extends OfMatcher {
        ConnTrack() {
            super(new ConnTrackMatcher(
                    new ConnStateMatcher(ConnStateMatcher.Spelling.CONNTRACK, ConnStateMatcher.DNAT, true),
                    List.of(
                            new FlowCondition.Port(FlowCondition.End.REPLY_SOURCE, LOW),
                            new FlowCondition.Expiry(0, 5, true))));
        }
    }

    @Nested
    class OfConnMark extends OfMatcher {
        OfConnMark() {
            super(new ConnMarkMatcher(1, 1, true));
        }
    }

    @Nested
    class ConnBytes extends OfMatcher {
        ConnBytes() {
            super(new ConnBytesMatcher(ConnBytesMatcher.Direction.BOTH, ConnBytesMatcher.Unit.AVERAGE, 1, 100, true));
        }
    }

    @Nested
    class Icmp extends OfMatcher {
        Icmp() {
            super(new IcmpMatcher(8, 0, 255, false));
        }
    }

    @Nested
    class Interface extends OfMatcher {
        Interface() {
            super(new InterfaceMatcher(InterfaceMatcher.Side.IN, "eth+", true));
        }
    }

    @Nested
    class OfProtocol extends OfMatcher {
        OfProtocol() {
            super(new ProtocolMatcher(17, true));
        }
    }

    @Nested
    class Tcp extends OfMatcher {
        Tcp() {
            super(new TcpMatcher(LOW, PortRange.ANY, TcpMatcher.SYN_MASK, TcpMatcher.SYN_SET, true));
        }
    }

    @Nested
    class TcpOption extends OfMatcher {
        TcpOption() {
            super(new TcpMatcher(LOW, PortRange.ANY, 0, 0, false, 8, true));
        }
    }

    @Nested
    class OfTcpMss extends OfMatcher {
        OfTcpMss() {
            super(new TcpMssMatcher(0, 1000, true));
        }
    }

    @Nested
    class Ecn extends OfMatcher {
        Ecn() {
            super(new EcnMatcher(EcnMatcher.Flag.SET, EcnMatcher.Flag.CLEAR, 2, true));
        }
    }

    @Nested
    class Fragment extends OfMatcher {
        Fragment() {
            super(new FragmentMatcher(true));
        }
    }

    @Nested
    class ByChance extends OfMatcher {
        ByChance() {
            super(new RandomMatcher(RandomMatcher.CERTAIN / 2, true));
        }
    }

    @Nested
    class Nth extends OfMatcher {
        Nth() {
            super(new NthMatcher(3, 2, true));
        }
    }

    @Nested
    class OfBytes extends OfMatcher {
        OfBytes() {
            super(new StringMatcher(
                    StringMatcher.Algorithm.BM, new BytePattern(new byte[] {1, 2}, true), 3, 1000, false));
        }
    }

    @Nested
    class Spi extends OfMatcher {
        Spi() {
            super(new SpiMatcher(SpiMatcher.Header.AH, 0, SpiMatcher.MOST / 2, true));
        }
    }

    @Nested
    class U32 extends OfMatcher {
        U32() {
            super(new U32Matcher(
                    List.of(new U32Matcher.Comparison(
                            8,
                            List.of(
                                    new U32Matcher.Step(U32Matcher.Operator.RIGHT, 22),
                                    new U32Matcher.Step(U32Matcher.Operator.AT, 4)),
                            List.of(new U32Matcher.Values(0, -1)))),
                    true));
        }
    }

    @Nested
    class Udp extends OfMatcher {
        Udp() {
            super(new UdpMatcher(LOW, PortRange.ANY));
        }
    }

    @Nested
    class Accept extends OfTarget {
        Accept() {
            super(StandardTarget.ACCEPT);
        }
    }

    @Nested
    class Drop extends OfTarget {
        Drop() {
            super(StandardTarget.DROP);
        }
    }

    @Nested
    class Return extends OfTarget {
        Return() {
            super(StandardTarget.RETURN);
        }
    }

    @Nested
    class None extends OfTarget {
        None() {
            super(StandardTarget.NONE);
        }
    }

    @Nested
    class Reject extends OfTarget {
        Reject() {
            super(new StandardTarget.Reject(RejectWith.ICMP_PORT_UNREACHABLE));
        }
    }

    @Nested
    class Reset extends OfTarget {
        Reset() {
            super(new StandardTarget.Reject(RejectWith.TCP_RESET));
        }
    }

    @Nested
    class Jump extends OfTarget {
        Jump() {
            super(new StandardTarget.Jump("elsewhere"));
        }
    }

    @Nested
    class GoTo extends OfTarget {
        GoTo() {
            super(new StandardTarget.GoTo("elsewhere"));
        }
    }

    @Nested
    class Mark extends OfTarget {
        Mark() {
            super(new StandardTarget.Mark(1, 3));
        }
    }

    @Nested
    class SetTos extends OfTarget {
        SetTos() {
            super(new RewriteTarget.SetTos(TosMatcher.Spelling.TOS, 0x11, 0x33));
        }
    }

    @Nested
    class SetHops extends OfTarget {
        SetHops() {
            super(new RewriteTarget.SetHops(RewriteTarget.SetHops.Change.INCREASE, 200));
        }
    }

    @Nested
    class TcpMss extends OfTarget {
        TcpMss() {
            super(new RewriteTarget.TcpMss(100));
        }
    }

    @Nested
    class TcpMssOfPath extends OfTarget {
        TcpMssOfPath() {
            super(new RewriteTarget.TcpMss(RewriteTarget.TcpMss.CLAMP_TO_PMTU));
        }
    }

    @Nested
    class ConnMark extends OfTarget {
        ConnMark() {
            super(new FlowTarget.ConnMark(FlowTarget.ConnMark.Operation.RESTORE, 0, 3, 3, 0));
        }
    }

    @Nested
    class NoTrack extends OfTarget {
        NoTrack() {
            super(new FlowTarget.NoTrack(FlowTarget.NoTrack.Spelling.CT));
        }
    }

    @Nested
    class Snat extends OfTarget {
        Snat() {
            super(new NatTarget.Snat(NatRange.ANY));
        }
    }

    @Nested
    class Dnat extends OfTarget {
        Dnat() {
            super(new NatTarget.Dnat(NatRange.ANY));
        }
    }

    @Nested
    class Masquerade extends OfTarget {
        Masquerade() {
            super(new NatTarget.Masquerade(NatRange.ANY));
        }
    }

    @Nested
    class Redirect extends OfTarget {
        Redirect() {
            super(new NatTarget.Redirect(NatRange.ANY));
        }
    }
}
