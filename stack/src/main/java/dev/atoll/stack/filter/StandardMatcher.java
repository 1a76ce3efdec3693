package dev.atoll.stack.filter;

/**
 * The matchers that come with Atoll: values, so that a rule can be compared, printed and sent to another process. Their
 * semantics are those of the iptables options they are named after.
 */
public sealed interface StandardMatcher extends Matcher
        permits AddressMatcher,
                AddressRangeMatcher,
                AddressTypeMatcher,
                CommentMatcher,
                ConnBytesMatcher,
                ConnMarkMatcher,
                ConnStateMatcher,
                ConnTrackMatcher,
                EcnMatcher,
                FragmentMatcher,
                HopsMatcher,
                IcmpMatcher,
                Icmpv6Matcher,
                InterfaceMatcher,
                LengthMatcher,
                LimitMatcher,
                LinkSourceMatcher,
                MarkMatcher,
                MultiportMatcher,
                NthMatcher,
                OwnerMatcher,
                PacketTypeMatcher,
                ProtocolMatcher,
                RandomMatcher,
                SetMatcher,
                SpiMatcher,
                StringMatcher,
                TcpMatcher,
                TcpMssMatcher,
                TosMatcher,
                U32Matcher,
                UdpMatcher {}
