package dev.atoll.runtime.policy;

import dev.atoll.stack.filter.AddressMatcher;
import dev.atoll.stack.filter.Chain;
import dev.atoll.stack.filter.ChainPolicy;
import dev.atoll.stack.filter.CommentMatcher;
import dev.atoll.stack.filter.ConnState;
import dev.atoll.stack.filter.ConnStateMatcher;
import dev.atoll.stack.filter.IcmpMatcher;
import dev.atoll.stack.filter.InterfaceMatcher;
import dev.atoll.stack.filter.MarkMatcher;
import dev.atoll.stack.filter.Matcher;
import dev.atoll.stack.filter.NatTarget;
import dev.atoll.stack.filter.PortRange;
import dev.atoll.stack.filter.ProtocolMatcher;
import dev.atoll.stack.filter.Rule;
import dev.atoll.stack.filter.RuleSet;
import dev.atoll.stack.filter.StandardMatcher;
import dev.atoll.stack.filter.StandardTarget;
import dev.atoll.stack.filter.Table;
import dev.atoll.stack.filter.Target;
import dev.atoll.stack.filter.TcpMatcher;
import dev.atoll.stack.filter.UdpMatcher;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Prints a rule set in the normal form of iptables-save (that of iptables-legacy 1.8.9), without its comment lines and
 * with counters of 0: reading what was printed gives the same rules.
 */
public final class PolicyPrinter {
    private static final String UNQUOTED = "_-0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    private static final String ESCAPED = "\"\\'";
    private static final int MAX_PORT = 0xffff;

    private final StringBuilder out = new StringBuilder();

    private PolicyPrinter() {}

    /**
     * The whole rule set as text.
     *
     * @throws IllegalArgumentException if it has a matcher or target that is not one of the standard ones
     */
    public static String print(RuleSet ruleSet) {
        PolicyPrinter printer = new PolicyPrinter();
        ruleSet.tables().forEach(printer::table);
        return printer.out.toString();
    }

    /**
     * One rule as iptables-save prints it in that chain.
     *
     * @throws IllegalArgumentException as {@link #print}
     */
    public static String print(String chain, Rule rule) {
        PolicyPrinter printer = new PolicyPrinter();
        printer.rule(chain, rule);
        return printer.out.toString();
    }

    private void table(Table table) {
        List<Chain> chains = new ArrayList<>();
        table.name().hooks().forEach(hook -> {
            Chain builtIn = table.chain(hook.name());
            if (builtIn != null) {
                chains.add(builtIn);
            }
        });
        table.chains().stream()
                .filter(chain -> !chain.isBuiltIn())
                .sorted(Comparator.comparing(Chain::name))
                .forEach(chains::add);
        out.append('*').append(table.name().text()).append('\n');
        for (Chain chain : chains) {
            ChainPolicy policy = chain.policy();
            out.append(':').append(chain.name()).append(' ').append(policy == null ? "-" : policy.name());
            out.append(" [0:0]\n");
        }
        for (Chain chain : chains) {
            for (Rule rule : chain.rules()) {
                rule(chain.name(), rule);
                out.append('\n');
            }
        }
        out.append("COMMIT\n");
    }

    private void rule(String chain, Rule rule) {
        out.append("-A ").append(chain);
        rule.matchers().forEach(this::matcher);
        target(rule.target());
    }

    private void matcher(Matcher matcher) {
        if (!(matcher instanceof StandardMatcher) || matcher instanceof MarkMatcher) {
            throw new IllegalArgumentException("a matcher of " + matcher.getClass() + " has no text form");
        }
        if (matcher instanceof AddressMatcher address) {
            address(address);
        } else if (matcher instanceof InterfaceMatcher nic) {
            negation(nic.negated());
            out.append(nic.side() == InterfaceMatcher.Side.IN ? " -i " : " -o ").append(nic.pattern());
        } else if (matcher instanceof ProtocolMatcher protocol) {
            negation(protocol.negated());
            String name = Protocols.name(protocol.protocol());
            out.append(" -p ").append(name == null ? Integer.toString(protocol.protocol()) : name);
        } else if (matcher instanceof TcpMatcher tcp) {
            out.append(" -m tcp");
            ports("sport", tcp.source());
            ports("dport", tcp.destination());
            tcpFlags(tcp);
        } else if (matcher instanceof UdpMatcher udp) {
            out.append(" -m udp");
            ports("sport", udp.source());
            ports("dport", udp.destination());
        } else if (matcher instanceof IcmpMatcher icmp) {
            icmp(icmp);
        } else if (matcher instanceof ConnStateMatcher state) {
            states(state);
        } else if (matcher instanceof CommentMatcher comment) {
            out.append(" -m comment --comment ");
            quoted(comment.text());
        }
    }

    private void negation(boolean negated) {
        if (negated) {
            out.append(" !");
        }
    }

    private void address(AddressMatcher address) {
        negation(address.negated());
        int mask = address.mask().v4Bits();
        int length = Integer.bitCount(mask);
        boolean prefix = mask == (length == 0 ? 0 : -1 << 32 - length);
        out.append(address.direction() == AddressMatcher.Direction.SOURCE ? " -s " : " -d ");
        out.append(address.address()).append('/');
        if (prefix) {
            out.append(length);
        } else {
            out.append(address.mask());
        }
    }

    private void ports(String option, PortRange range) {
        if (range.equals(PortRange.ANY)) {
            return;
        }
        negation(range.negated());
        out.append(" --").append(option).append(' ').append(range.first());
        if (range.last() != range.first()) {
            out.append(':').append(Math.min(range.last(), MAX_PORT));
        }
    }

    private void tcpFlags(TcpMatcher tcp) {
        if (tcp.flagsMask() == 0 && !tcp.flagsNegated()) {
            return;
        }
        negation(tcp.flagsNegated());
        out.append(" --tcp-flags ").append(flags(tcp.flagsMask()));
        out.append(' ').append(flags(tcp.flagsSet()));
    }

    private static String flags(int bits) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < TcpSyntax.FLAG_NAMES.size(); i++) {
            if ((bits & 1 << i) != 0) {
                names.add(TcpSyntax.FLAG_NAMES.get(i));
            }
        }
        return names.isEmpty() ? "NONE" : String.join(",", names);
    }

    private void icmp(IcmpMatcher icmp) {
        out.append(" -m icmp");
        negation(icmp.negated());
        out.append(" --icmp-type ");
        if (icmp.type() == IcmpMatcher.ANY_TYPE) {
            out.append("any");
            return;
        }
        out.append(icmp.type());
        if (icmp.firstCode() == icmp.lastCode()) {
            out.append('/').append(icmp.firstCode());
        }
    }

    private void states(ConnStateMatcher matcher) {
        boolean state = matcher.spelling() == ConnStateMatcher.Spelling.STATE;
        out.append(state ? " -m state" : " -m conntrack");
        negation(matcher.negated());
        out.append(state ? " --state " : " --ctstate ");
        List<String> names = new ArrayList<>();
        for (ConnState one : ConnState.values()) {
            if ((matcher.states() & one.bit()) != 0) {
                names.add(one.name());
            }
        }
        out.append(String.join(",", names));
    }

    private void quoted(String text) {
        boolean plain = !text.isEmpty();
        for (int i = 0; i < text.length(); i++) {
            plain &= UNQUOTED.indexOf(text.charAt(i)) >= 0;
        }
        if (plain) {
            out.append(text);
            return;
        }
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            if (ESCAPED.indexOf(text.charAt(i)) >= 0) {
                out.append('\\');
            }
            out.append(text.charAt(i));
        }
        out.append('"');
    }

    private void target(Target target) {
        if (!(target instanceof StandardTarget)
                || target instanceof NatTarget
                || target instanceof StandardTarget.Mark) {
            throw new IllegalArgumentException("a target of " + target.getClass() + " has no text form");
        }
        if (target instanceof StandardTarget.Jump jump) {
            out.append(" -j ").append(jump.chain());
        } else if (target instanceof StandardTarget.GoTo goTo) {
            out.append(" -g ").append(goTo.chain());
        } else if (target instanceof StandardTarget.Reject reject) {
            out.append(" -j REJECT --reject-with ").append(reject.rejectWith().optionName());
        } else if (!target.equals(StandardTarget.NONE)) {
            out.append(" -j ").append(plainName(target));
        }
    }

    private static String plainName(Target target) {
        if (target.equals(StandardTarget.ACCEPT)) {
            return "ACCEPT";
        }
        return target.equals(StandardTarget.DROP) ? "DROP" : "RETURN";
    }
}
