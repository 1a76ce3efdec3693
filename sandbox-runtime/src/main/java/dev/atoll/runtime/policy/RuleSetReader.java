package dev.atoll.runtime.policy;

import dev.atoll.stack.filter.AddressMatcher;
import dev.atoll.stack.filter.Chain;
import dev.atoll.stack.filter.ChainPolicy;
import dev.atoll.stack.filter.CommentMatcher;
import dev.atoll.stack.filter.ConnStateMatcher;
import dev.atoll.stack.filter.Family;
import dev.atoll.stack.filter.IcmpMatcher;
import dev.atoll.stack.filter.InterfaceMatcher;
import dev.atoll.stack.filter.Matcher;
import dev.atoll.stack.filter.Origin;
import dev.atoll.stack.filter.PortRange;
import dev.atoll.stack.filter.ProtocolMatcher;
import dev.atoll.stack.filter.RejectWith;
import dev.atoll.stack.filter.Rule;
import dev.atoll.stack.filter.RuleSet;
import dev.atoll.stack.filter.StandardTarget;
import dev.atoll.stack.filter.Table;
import dev.atoll.stack.filter.TableName;
import dev.atoll.stack.filter.Target;
import dev.atoll.stack.filter.TcpMatcher;
import dev.atoll.stack.filter.UdpMatcher;
import dev.atoll.stack.wire.IpAddress;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the format of {@link RuleSetCodec}, believing nothing. */
final class RuleSetReader {
    /** Origins hold whole lines, which are the longest texts. */
    private static final int MAX_TEXT_BYTES = 4 * PolicyParser.MAX_LINE;

    private final ByteBuffer in;
    private final List<String> texts = new ArrayList<>();
    private int rules;

    RuleSetReader(ByteBuffer in) {
        this.in = in;
    }

    int position() {
        return in.position();
    }

    void header(int magic, int version) throws MalformedRuleSetException {
        if (int32() != magic) {
            throw new MalformedRuleSetException("not a rule set: it does not begin with its magic number");
        }
        int found = int16();
        if (found != version) {
            throw new MalformedRuleSetException(
                    "a rule set of format " + found + ", expected " + version + ": launcher and program differ");
        }
    }

    void end() throws MalformedRuleSetException {
        if (in.hasRemaining()) {
            throw bad(in.remaining() + " bytes behind the end");
        }
    }

    List<Table> tables() throws MalformedRuleSetException {
        int count = int8();
        List<Table> tables = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int version = int8();
            if (version != 4 && version != 6) {
                throw bad("IP version " + version + ", expected 4 or 6");
            }
            TableName name = choice(TableName.values(), int8(), "table");
            Origin origin = requiredOrigin();
            int chainCount = count("chains");
            List<Chain> chains = new ArrayList<>();
            for (int j = 0; j < chainCount; j++) {
                chains.add(chain());
            }
            tables.add(new Table(name, version == 4 ? Family.IPV4 : Family.IPV6, chains, origin));
        }
        return tables;
    }

    private Chain chain() throws MalformedRuleSetException {
        String name = text();
        int policyCode = int8();
        ChainPolicy policy;
        switch (policyCode) {
            case 0:
                policy = null;
                break;
            case RuleSetCodec.ACCEPT:
                policy = ChainPolicy.ACCEPT;
                break;
            case RuleSetCodec.DROP:
                policy = ChainPolicy.DROP;
                break;
            default:
                throw bad("policy " + policyCode + " is unknown");
        }
        Origin origin = origin();
        int count = count("rules");
        rules += count;
        if (rules > RuleSet.MAX_RULES) {
            throw bad("more than " + RuleSet.MAX_RULES + " rules");
        }
        List<Rule> list = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            list.add(rule());
        }
        return new Chain(name, policy, list, origin);
    }

    private Rule rule() throws MalformedRuleSetException {
        Origin origin = requiredOrigin();
        int count = int16();
        List<Matcher> matchers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            matchers.add(matcher());
        }
        return new Rule(matchers, target(), origin);
    }

    private Matcher matcher() throws MalformedRuleSetException {
        int kind = int8();
        switch (kind) {
            case RuleSetCodec.ADDRESS: {
                int flags = flags();
                AddressMatcher.Direction direction =
                        second(flags) ? AddressMatcher.Direction.DESTINATION : AddressMatcher.Direction.SOURCE;
                return new AddressMatcher(direction, address(), address(), negated(flags));
            }
            case RuleSetCodec.PROTOCOL: {
                int flags = flags();
                return new ProtocolMatcher(int8(), negated(flags));
            }
            case RuleSetCodec.INTERFACE: {
                int flags = flags();
                InterfaceMatcher.Side side = second(flags) ? InterfaceMatcher.Side.OUT : InterfaceMatcher.Side.IN;
                return new InterfaceMatcher(side, text(), negated(flags));
            }
            case RuleSetCodec.TCP: {
                int flags = flags();
                return new TcpMatcher(ports(), ports(), int8(), int8(), negated(flags));
            }
            case RuleSetCodec.UDP:
                return new UdpMatcher(ports(), ports());
            case RuleSetCodec.ICMP: {
                int flags = flags();
                return new IcmpMatcher(int8(), int8(), int8(), negated(flags));
            }
            case RuleSetCodec.STATE: {
                int flags = flags();
                ConnStateMatcher.Spelling spelling =
                        second(flags) ? ConnStateMatcher.Spelling.CONNTRACK : ConnStateMatcher.Spelling.STATE;
                return new ConnStateMatcher(spelling, int8(), negated(flags));
            }
            case RuleSetCodec.COMMENT:
                return new CommentMatcher(text());
            default:
                throw bad("matcher " + kind + " is unknown");
        }
    }

    private Target target() throws MalformedRuleSetException {
        int kind = int8();
        switch (kind) {
            case RuleSetCodec.ACCEPT:
                return StandardTarget.ACCEPT;
            case RuleSetCodec.DROP:
                return StandardTarget.DROP;
            case RuleSetCodec.RETURN:
                return StandardTarget.RETURN;
            case RuleSetCodec.NONE:
                return StandardTarget.NONE;
            case RuleSetCodec.REJECT:
                return new StandardTarget.Reject(choice(RejectWith.values(), int8(), "way to reject"));
            case RuleSetCodec.JUMP:
                return new StandardTarget.Jump(text());
            case RuleSetCodec.GOTO:
                return new StandardTarget.GoTo(text());
            default:
                throw bad("target " + kind + " is unknown");
        }
    }

    private Origin requiredOrigin() throws MalformedRuleSetException {
        Origin origin = origin();
        if (origin == null) {
            throw bad("a rule or table without origin");
        }
        return origin;
    }

    private @Nullable Origin origin() throws MalformedRuleSetException {
        int present = int8();
        if (present > 1) {
            throw bad("origin marked " + present + ", expected 0 or 1");
        }
        return present == 0 ? null : new Origin(text(), int32(), text());
    }

    private String text() throws MalformedRuleSetException {
        int number = int32();
        if (number >= 0 && number < texts.size()) {
            return texts.get(number);
        }
        if (number != texts.size()) {
            throw bad("text " + number + " comes before text " + texts.size());
        }
        int length = int32();
        if (length < 0 || length > MAX_TEXT_BYTES || length > in.remaining()) {
            throw bad("a text of " + Integer.toUnsignedString(length) + " bytes");
        }
        ByteBuffer bytes = in.slice(in.position(), length);
        in.position(in.position() + length);
        try {
            String text = StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
            texts.add(text);
            return text;
        } catch (CharacterCodingException e) {
            throw new MalformedRuleSetException("byte " + in.position() + ": a text is not UTF-8", e);
        }
    }

    private IpAddress address() throws MalformedRuleSetException {
        return new IpAddress(int64(), int64());
    }

    private PortRange ports() throws MalformedRuleSetException {
        int flags = flags();
        return new PortRange(int16(), int16(), negated(flags));
    }

    private int flags() throws MalformedRuleSetException {
        int flags = int8();
        if ((flags & ~(RuleSetCodec.NEGATED | RuleSetCodec.SECOND)) != 0) {
            throw bad("flags " + flags + " are unknown");
        }
        return flags;
    }

    private static boolean negated(int flags) {
        return (flags & RuleSetCodec.NEGATED) != 0;
    }

    private static boolean second(int flags) {
        return (flags & RuleSetCodec.SECOND) != 0;
    }

    private <T> T choice(T[] values, int index, String what) throws MalformedRuleSetException {
        if (index >= values.length) {
            throw bad(what + " " + index + " is unknown");
        }
        return values[index];
    }

    /** A count of things of which each takes at least a byte. */
    private int count(String what) throws MalformedRuleSetException {
        int count = int32();
        if (count < 0 || count > in.remaining()) {
            throw bad(Integer.toUnsignedString(count) + " " + what + " in " + in.remaining() + " bytes");
        }
        return count;
    }

    private int int8() throws MalformedRuleSetException {
        need(1);
        return in.get() & 0xff;
    }

    private int int16() throws MalformedRuleSetException {
        need(2);
        return in.getShort() & 0xffff;
    }

    private int int32() throws MalformedRuleSetException {
        need(4);
        return in.getInt();
    }

    private long int64() throws MalformedRuleSetException {
        need(8);
        return in.getLong();
    }

    private void need(int bytes) throws MalformedRuleSetException {
        if (in.remaining() < bytes) {
            throw bad("the rule set ends in the middle");
        }
    }

    private MalformedRuleSetException bad(String message) {
        return new MalformedRuleSetException("byte " + in.position() + ": " + message);
    }
}
