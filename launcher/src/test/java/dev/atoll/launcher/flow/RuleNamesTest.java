package dev.atoll.launcher.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.atoll.launcher.PolicyFile;
import dev.atoll.stack.filter.Chain;
import dev.atoll.stack.filter.Origin;
import dev.atoll.stack.filter.Rule;
import dev.atoll.stack.filter.RuleSet;
import dev.atoll.stack.filter.Table;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RuleNamesTest {
    @TempDir
    private Path directory;

    private RuleSet policy(String name, String... lines) throws Exception {
        Path file = directory.resolve(name);
        Files.write(file, List.of(lines));
        return PolicyFile.load(List.of(file), List.of());
    }

    /** What the rules that were written in that line are called, each once. */
    private static List<@Nullable String> named(RuleNames names, RuleSet rules, int line) {
        List<@Nullable String> found = new ArrayList<>();
        for (Table table : rules.tables()) {
            for (Chain chain : table.chains()) {
                for (Rule rule : chain.rules()) {
                    String name = names.of(rule.origin());
                    if (rule.origin().line() == line && !found.contains(name)) {
                        found.add(name);
                    }
                }
            }
        }
        return found;
    }

    @Test
    void iptablesRule_isCalledAsItsComment_alsoInAUserChain() throws Exception {
        RuleSet rules = policy(
                "egress.rules",
                "*filter",
                ":web -",
                "-A OUTPUT -d 192.0.2.1,192.0.2.2 -m comment --comment \"the shop\" -j web",
                "-A OUTPUT -d 192.0.2.3 -j ACCEPT",
                "-A web -p tcp -m comment --comment pages -j ACCEPT",
                "COMMIT");
        RuleNames names = new RuleNames(rules);
        assertEquals(List.of("the shop"), named(names, rules, 3));
        assertEquals(1, named(names, rules, 4).size());
        assertNull(named(names, rules, 4).get(0));
        assertEquals(List.of("pages"), named(names, rules, 5));
    }

    @Test
    void hoconRule_isCalledAsItsName_inBothFamilies() throws Exception {
        RuleSet rules = policy(
                "egress.conf",
                "atoll { egress { default = reject, rules = [",
                "{ name = db, to = [\"192.0.2.1\", \"2001:db8::1\"], port = 5432, action = allow }",
                "] } }");
        assertEquals(List.of("db"), named(new RuleNames(rules), rules, 2));
    }

    @Test
    void ruleThatIsNoMore_hasNotTheNameOfWhatStandsThereNow() throws Exception {
        RuleSet before =
                policy("egress.rules", "*filter", "-A OUTPUT -p tcp -m comment --comment old -j ACCEPT", "COMMIT");
        RuleSet after =
                policy("egress.rules", "*filter", "-A OUTPUT -p udp -m comment --comment new -j ACCEPT", "COMMIT");
        RuleNames names = new RuleNames(after);
        assertEquals(List.of("new"), named(names, after, 2));
        assertNull(named(names, before, 2).get(0));
    }

    @Test
    void withoutRules_nothingHasAName() {
        assertNull(new RuleNames(null).of(new Origin("egress.rules", 2, "-A OUTPUT -j ACCEPT")));
    }
}
