package dev.atoll.runtime.policy;

import dev.atoll.stack.filter.AddressMatcher;
import dev.atoll.stack.filter.Chain;
import dev.atoll.stack.filter.ChainPolicy;
import dev.atoll.stack.filter.CommentMatcher;
import dev.atoll.stack.filter.ConnStateMatcher;
import dev.atoll.stack.filter.IcmpMatcher;
import dev.atoll.stack.filter.InterfaceMatcher;
import dev.atoll.stack.filter.Matcher;
import dev.atoll.stack.filter.Origin;
import dev.atoll.stack.filter.PortRange;
import dev.atoll.stack.filter.ProtocolMatcher;
import dev.atoll.stack.filter.RejectWith;
import dev.atoll.stack.filter.Rule;
import dev.atoll.stack.filter.StandardTarget;
import dev.atoll.stack.filter.Table;
import dev.atoll.stack.filter.TableName;
import dev.atoll.stack.filter.Target;
import dev.atoll.stack.filter.TcpMatcher;
import dev.atoll.stack.filter.UdpMatcher;
import dev.atoll.stack.wire.IpAddress;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes a rule set in the format of {@link RuleSetCodec}. */
final class RuleSetWriter {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final Map<String, Integer> texts = new HashMap<>();

    byte[] toBytes() {
        if (out.size() > RuleSetCodec.MAX_BYTES) {
            throw new IllegalArgumentException("the rule set is larger than " + RuleSetCodec.MAX_BYTES + " bytes");
        }
        return out.toByteArray();
    }

    void header(int magic, int version) {
        int32(magic);
        int16(version);
    }

    void tables(List<Table> tables) {
        int8(tables.size());
        for (Table table : tables) {
            int8(table.family().ipVersion());
            int8(Arrays.asList(TableName.values()).indexOf(table.name()));
            origin(table.origin());
            int32(table.chains().size());
            for (Chain chain : table.chains()) {
                chain(chain);
            }
        }
    }

    private void chain(Chain chain) {
        text(chain.name());
        ChainPolicy policy = chain.policy();
        int8(policy == null ? 0 : policy == ChainPolicy.ACCEPT ? RuleSetCodec.ACCEPT : RuleSetCodec.DROP);
        origin(chain.origin());
        int32(chain.rules().size());
        for (Rule rule : chain.rules()) {
            rule(rule);
        }
    }

    private void rule(Rule rule) {
        origin(rule.origin());
        int16(rule.matchers().size());
        for (Matcher matcher : rule.matchers()) {
            matcher(matcher);
        }
        target(rule.target());
    }

    private void matcher(Matcher matcher) {
        if (matcher instanceof AddressMatcher address) {
            int8(RuleSetCodec.ADDRESS);
            flags(address.negated(), address.direction() == AddressMatcher.Direction.DESTINATION);
            address(address.address());
            address(address.mask());
        } else if (matcher instanceof ProtocolMatcher protocol) {
            int8(RuleSetCodec.PROTOCOL);
            flags(protocol.negated(), false);
            int8(protocol.protocol());
        } else if (matcher instanceof InterfaceMatcher nic) {
            int8(RuleSetCodec.INTERFACE);
            flags(nic.negated(), nic.side() == InterfaceMatcher.Side.OUT);
            text(nic.pattern());
        } else if (matcher instanceof TcpMatcher tcp) {
            int8(RuleSetCodec.TCP);
            flags(tcp.flagsNegated(), false);
            ports(tcp.source());
            ports(tcp.destination());
            int8(tcp.flagsMask());
            int8(tcp.flagsSet());
        } else if (matcher instanceof UdpMatcher udp) {
            int8(RuleSetCodec.UDP);
            ports(udp.source());
            ports(udp.destination());
        } else if (matcher instanceof IcmpMatcher icmp) {
            int8(RuleSetCodec.ICMP);
            flags(icmp.negated(), false);
            int8(icmp.type());
            int8(icmp.firstCode());
            int8(icmp.lastCode());
        } else if (matcher instanceof ConnStateMatcher state) {
            int8(RuleSetCodec.STATE);
            flags(state.negated(), state.spelling() == ConnStateMatcher.Spelling.CONNTRACK);
            int8(state.states());
        } else if (matcher instanceof CommentMatcher comment) {
            int8(RuleSetCodec.COMMENT);
            text(comment.text());
        } else {
            throw new IllegalArgumentException("a matcher of " + matcher.getClass() + " has no binary form");
        }
    }

    private void target(Target target) {
        if (target instanceof StandardTarget.Accept) {
            int8(RuleSetCodec.ACCEPT);
        } else if (target instanceof StandardTarget.Drop) {
            int8(RuleSetCodec.DROP);
        } else if (target instanceof StandardTarget.Return) {
            int8(RuleSetCodec.RETURN);
        } else if (target instanceof StandardTarget.None) {
            int8(RuleSetCodec.NONE);
        } else if (target instanceof StandardTarget.Reject reject) {
            int8(RuleSetCodec.REJECT);
            int8(Arrays.asList(RejectWith.values()).indexOf(reject.rejectWith()));
        } else if (target instanceof StandardTarget.Jump jump) {
            int8(RuleSetCodec.JUMP);
            text(jump.chain());
        } else if (target instanceof StandardTarget.GoTo goTo) {
            int8(RuleSetCodec.GOTO);
            text(goTo.chain());
        } else {
            throw new IllegalArgumentException("a target of " + target.getClass() + " has no binary form");
        }
    }

    private void origin(@Nullable Origin origin) {
        int8(origin == null ? 0 : 1);
        if (origin != null) {
            text(origin.source());
            int32(origin.line());
            text(origin.text());
        }
    }

    /** The number of a text that was written before, or the next free number and the text. */
    private void text(String text) {
        Integer known = texts.putIfAbsent(text, texts.size());
        if (known != null) {
            int32(known);
            return;
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int32(texts.size() - 1);
        int32(bytes.length);
        out.writeBytes(bytes);
    }

    private void address(IpAddress address) {
        int64(address.high());
        int64(address.low());
    }

    private void ports(PortRange range) {
        flags(range.negated(), false);
        int16(range.first());
        int16(range.last());
    }

    private void flags(boolean negated, boolean second) {
        int8((negated ? RuleSetCodec.NEGATED : 0) | (second ? RuleSetCodec.SECOND : 0));
    }

    private void int8(int value) {
        out.write(value);
    }

    private void int16(int value) {
        int8(value >>> 8);
        int8(value);
    }

    private void int32(int value) {
        int16(value >>> 16);
        int16(value);
    }

    private void int64(long value) {
        int32((int) (value >>> 32));
        int32((int) value);
    }
}
