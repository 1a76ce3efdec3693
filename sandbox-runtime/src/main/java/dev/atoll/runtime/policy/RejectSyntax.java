package dev.atoll.runtime.policy;

import dev.atoll.stack.filter.RejectWith;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The argument of {@code --reject-with}: a name or its short form, which may be cut short. */
final class RejectSyntax {
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

    private RejectSyntax() {}

    static @Nullable RejectWith parse(Word word, Line line) {
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
