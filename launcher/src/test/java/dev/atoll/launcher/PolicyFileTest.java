package dev.atoll.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.filter.Family;
import dev.atoll.stack.filter.Rule;
import dev.atoll.stack.filter.RuleSet;
import dev.atoll.stack.filter.TableName;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a run makes of a policy's file. */
class PolicyFileTest {
    @TempDir
    Path directory;

    @Test
    void hocon_rulesOfIncludedFiles_keepTheirPlaces() throws Exception {
        Path base = Files.writeString(directory.resolve("base.conf"), """
                names = [
                  { name = names, to = 10.66.0.1, port = 53, proto = udp, action = allow }
                ]
                """);
        Path file = Files.writeString(directory.resolve("egress.conf"), """
                include required("base.conf")
                atoll.egress {
                  default = reject
                  rules = ${names} [ { to = "2001:db8::/32", action = drop, reason = "not there" } ]
                }
                """);

        RuleSet rules = PolicyFile.load(List.of(file), List.of());

        assertEquals(
                base + ":2: names: allow udp to 10.66.0.1 port 53",
                third(rules, Family.IPV4).origin().toString());
        assertEquals(
                file + ":4: drop to 2001:db8::/32 (not there)",
                third(rules, Family.IPV6).origin().toString());
    }

    /** Behind the two that every policy has. */
    private static Rule third(RuleSet rules, Family family) {
        return Objects.requireNonNull(Objects.requireNonNull(rules.table(family, TableName.FILTER))
                        .chain("OUTPUT"))
                .rules()
                .get(2);
    }

    @Test
    void hocon_mistakes_areALineEach() throws Exception {
        Path file = Files.writeString(directory.resolve("egress.conf"), """
                atoll.egress {
                  default = deny
                  rules = [ { to = "10.0.0.0/99", action = allow } ]
                }
                """);

        LaunchException refused = assertThrows(LaunchException.class, () -> PolicyFile.load(List.of(file), List.of()));

        assertEquals(ExitCode.CONFIGURATION, refused.exitCode());
        List<String> lines = refused.line().lines().toList();
        assertEquals(2, lines.size(), refused::line);
        assertTrue(lines.get(0).startsWith(file + ":2:3: \"deny\" is no action"), refused::line);
        assertTrue(lines.get(1).startsWith(file + ":3:3: \"10.0.0.0/99\" has no length"), refused::line);
    }
}
