package dev.atoll.runtime.policy;

import dev.atoll.stack.filter.RuleSet;
import dev.atoll.stack.wire.IpAddress;
import java.util.List;
import org.junit.jupiter.api.Assertions;

/** Reads small policies in tests. */
final class Policies {
    static final HostResolver RESOLVER = host -> switch (host) {
        case "db.example" -> List.of(IpAddress.parse("192.0.2.1"));
        case "two.example" ->
            List.of(IpAddress.parse("192.0.2.2"), IpAddress.parse("2001:db8::1"), IpAddress.parse("192.0.2.3"));
        default -> List.of();
    };

    private Policies() {}

    static PolicyResult parse(String text) {
        return PolicyParser.parse("egress.rules", text, RESOLVER);
    }

    static RuleSet accepted(String text) {
        PolicyResult result = parse(text);
        if (result instanceof PolicyResult.Accepted accepted) {
            return accepted.ruleSet();
        }
        return Assertions.fail(result.toString());
    }

    static PolicyResult.Refused refused(String text) {
        PolicyResult result = parse(text);
        if (result instanceof PolicyResult.Refused refused) {
            return refused;
        }
        return Assertions.fail("accepted: " + text);
    }

    /** What the lines between *filter and COMMIT become in the normal form, table frame and policies left out. */
    static String normal(String... body) {
        String printed = PolicyPrinter.print(accepted("*filter\n" + String.join("\n", body) + "\nCOMMIT\n"));
        StringBuilder rules = new StringBuilder();
        for (String line : printed.split("\n", -1)) {
            if (line.startsWith("-")) {
                rules.append(line).append('\n');
            }
        }
        return rules.toString().strip();
    }

    /** What is said about lines between *filter and COMMIT; the first of them is line 2. */
    static String errors(String... body) {
        return refused("*filter\n" + String.join("\n", body) + "\nCOMMIT\n").toString();
    }
}
