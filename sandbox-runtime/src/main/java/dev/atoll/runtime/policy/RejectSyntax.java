package dev.atoll.runtime.policy;

import dev.atoll.stack.filter.Family;
import dev.atoll.stack.filter.RejectWith;
import dev.atoll.stack.filter.StandardTarget;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code -j REJECT}: the argument of {@code --reject-with} is a name or its short form, which may be cut short. */
final class RejectSyntax extends TargetSyntax {
    private static final List<OptionSpec> OPTIONS = List.of(OptionSpec.of("reject-with", 1, false));

    private static final Map<String, RejectWith> V4 = names(Family.IPV4);
    private static final Map<String, RejectWith> V6 = names(Family.IPV6);

    static {
        V4.put("net-unreach", RejectWith.ICMP_NET_UNREACHABLE);
        V4.put("host-unreach", RejectWith.ICMP_HOST_UNREACHABLE);
        V4.put("proto-unreach", RejectWith.ICMP_PROTO_UNREACHABLE);
        V4.put("port-unreach", RejectWith.ICMP_PORT_UNREACHABLE);
        V4.put("net-prohib", RejectWith.ICMP_NET_PROHIBITED);
        V4.put("host-prohib", RejectWith.ICMP_HOST_PROHIBITED);
        V4.put("admin-prohib", RejectWith.ICMP_ADMIN_PROHIBITED);
        V4.put("tcp-rst", RejectWith.TCP_RESET);
        V6.put("no-route", RejectWith.ICMP6_NO_ROUTE);
        V6.put("adm-prohibited", RejectWith.ICMP6_ADM_PROHIBITED);
        V6.put("addr-unreach", RejectWith.ICMP6_ADDR_UNREACHABLE);
        V6.put("port-unreach", RejectWith.ICMP6_PORT_UNREACHABLE);
        V6.put("policy-fail", RejectWith.ICMP6_POLICY_FAIL);
        V6.put("reject-route", RejectWith.ICMP6_REJECT_ROUTE);
    }

    private static Map<String, RejectWith> names(Family family) {
        Map<String, RejectWith> names = new LinkedHashMap<>();
        for (RejectWith with : RejectWith.values()) {
            if (with.family() == null || with.family() == family) {
                names.put(with.optionName(), with);
            }
        }
        return names;
    }

    private static RejectWith byDefault(Line line) {
        return line.isIpv4() ? RejectWith.ICMP_PORT_UNREACHABLE : RejectWith.ICMP6_PORT_UNREACHABLE;
    }

    RejectSyntax() {
        super("REJECT", OPTIONS);
    }

    @Override
    StandardTarget.@Nullable Reject finish(Word at, Line line) {
        Use use = used("reject-with");
        RejectWith with = use == null ? byDefault(line) : parse(use.argument(), line);
        return with == null ? null : new StandardTarget.Reject(with);
    }

    static void print(StandardTarget.Reject target, RuleText out) {
        out.target("REJECT")
                .option(false, "reject-with")
                .word(target.rejectWith().optionName());
    }

    private static @Nullable RejectWith parse(Word word, Line line) {
        String wanted = word.text().toLowerCase(Locale.ROOT);
        Map<String, RejectWith> names = line.isIpv4() ? V4 : V6;
        RejectWith exact = names.get(wanted);
        if (exact != null) {
            return exact;
        }
        List<String> found = new ArrayList<>();
        for (Map.Entry<String, RejectWith> name : names.entrySet()) {
            boolean fits = !wanted.isEmpty() && name.getKey().startsWith(wanted);
            if (fits && (found.isEmpty() || names.get(found.get(0)) != name.getValue())) {
                found.add(name.getKey());
            }
        }
        if (found.size() == 1) {
            return names.get(found.get(0));
        }
        if (found.isEmpty()) {
            line.error(
                    word,
                    "unknown --reject-with \"" + word.text() + "\", expected " + allNames(line),
                    Suggestion.closest(wanted, names.keySet()));
        } else {
            line.error(word, "--reject-with \"" + word.text() + "\" could be " + String.join(" or ", found));
        }
        return null;
    }

    private static String allNames(Line line) {
        return String.join(", ", names(line.family()).keySet());
    }
}
