package dev.atoll.runtime.policy;

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

    private static final Map<String, RejectWith> NAMES = new LinkedHashMap<>();

    static {
        for (RejectWith with : RejectWith.values()) {
            NAMES.put(with.optionName(), with);
        }
        NAMES.put("net-unreach", RejectWith.ICMP_NET_UNREACHABLE);
        NAMES.put("host-unreach", RejectWith.ICMP_HOST_UNREACHABLE);
        NAMES.put("proto-unreach", RejectWith.ICMP_PROTO_UNREACHABLE);
        NAMES.put("port-unreach", RejectWith.ICMP_PORT_UNREACHABLE);
        NAMES.put("net-prohib", RejectWith.ICMP_NET_PROHIBITED);
        NAMES.put("host-prohib", RejectWith.ICMP_HOST_PROHIBITED);
        NAMES.put("admin-prohib", RejectWith.ICMP_ADMIN_PROHIBITED);
        NAMES.put("tcp-rst", RejectWith.TCP_RESET);
    }

    RejectSyntax() {
        super("REJECT", OPTIONS);
    }

    @Override
    StandardTarget.@Nullable Reject finish(Word at, Line line) {
        Use use = used("reject-with");
        RejectWith with = use == null ? RejectWith.ICMP_PORT_UNREACHABLE : parse(use.argument(), line);
        return with == null ? null : new StandardTarget.Reject(with);
    }

    static void print(StandardTarget.Reject target, RuleText out) {
        out.target("REJECT")
                .option(false, "reject-with")
                .word(target.rejectWith().optionName());
    }

    private static @Nullable RejectWith parse(Word word, Line line) {
        String wanted = word.text().toLowerCase(Locale.ROOT);
        RejectWith exact = NAMES.get(wanted);
        if (exact != null) {
            return exact;
        }
        List<String> found = new ArrayList<>();
        for (Map.Entry<String, RejectWith> name : NAMES.entrySet()) {
            boolean fits = !wanted.isEmpty() && name.getKey().startsWith(wanted);
            if (fits && (found.isEmpty() || NAMES.get(found.get(0)) != name.getValue())) {
                found.add(name.getKey());
            }
        }
        if (found.size() == 1) {
            return NAMES.get(found.get(0));
        }
        if (found.isEmpty()) {
            line.error(
                    word,
                    "unknown --reject-with \"" + word.text() + "\", expected " + allNames(),
                    Suggestion.closest(wanted, NAMES.keySet()));
        } else {
            line.error(word, "--reject-with \"" + word.text() + "\" could be " + String.join(" or ", found));
        }
        return null;
    }

    private static String allNames() {
        List<String> names = new ArrayList<>();
        for (RejectWith with : RejectWith.values()) {
            names.add(with.optionName());
        }
        return String.join(", ", names);
    }
}
