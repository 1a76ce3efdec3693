package dev.atoll.runtime.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.atoll.stack.env.Rng;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** No text makes the parser throw or hang; what it accepts can be printed and read again. */
class PolicyFuzzTest {
    private static final String ALPHABET = "-AIDFX!\"\\ :[]*#\n\t./,0123456789abcdefgCOMMITpOUTPUT\r\u0000\u00fc";

    private static final String SHELL = "$'{}&;=AB\\`|<>()";

    private static void read(String text, String seed) {
        PolicyResult result = PolicyParser.parse("fuzz.rules", text, HostResolver.NONE);
        if (result instanceof PolicyResult.Accepted accepted) {
            String printed = PolicyPrinter.print(accepted.ruleSet());
            PolicyResult again = PolicyParser.parse("again.rules", printed, HostResolver.NONE);
            if (again instanceof PolicyResult.Accepted same) {
                assertEquals(printed, PolicyPrinter.print(same.ruleSet()), seed);
            } else {
                throw new AssertionError(seed + ": printed, but not read again:\n" + printed + again);
            }
        } else if (result instanceof PolicyResult.Refused refused) {
            assertFalse(refused.errors().isEmpty(), seed);
            assertFalse(refused.toString().isBlank(), seed);
        }
    }

    @Test
    void changedPolicies_neverThrow() {
        for (long seed = 0; seed < 5000; seed++) {
            Rng rng = Rng.seeded(seed);
            read(changed(RandomPolicy.make(seed), ALPHABET, rng), "seed " + seed);
        }
    }

    @Test
    void changedScripts_neverThrow() {
        for (long seed = 0; seed < 3000; seed++) {
            Rng rng = Rng.seeded(seed);
            String rules = RandomPolicy.make(seed, RandomPolicy.Kind.IPV4)
                    .replace("\n-", "\n$A -")
                    .replaceAll("(?m)^([:*\\[]|COMMIT)", "#$1");
            read(changed("A=\"iptables -w\"\nB='10.0.0.1 '\n" + rules, ALPHABET + SHELL, rng), "seed " + seed);
        }
    }

    private static String changed(String original, String alphabet, Rng rng) {
        StringBuilder text = new StringBuilder(original);
        for (int changes = rng.nextInt(6); changes > 0; changes--) {
            int at = rng.nextInt(text.length());
            char c = alphabet.charAt(rng.nextInt(alphabet.length()));
            switch (rng.nextInt(3)) {
                case 0:
                    text.setCharAt(at, c);
                    break;
                case 1:
                    text.insert(at, c);
                    break;
                default:
                    text.deleteCharAt(at);
            }
        }
        return text.toString();
    }

    @Test
    void noise_neverThrows() {
        for (long seed = 0; seed < 2000; seed++) {
            Rng rng = Rng.seeded(seed);
            StringBuilder text = new StringBuilder("*filter\n");
            for (int i = rng.nextInt(200); i > 0; i--) {
                text.append(ALPHABET.charAt(rng.nextInt(ALPHABET.length())));
            }
            read(text.toString(), "seed " + seed);
        }
    }

    @Test
    void hugeTexts_doNotHang() {
        assertTimeoutPreemptively(Duration.ofSeconds(30), () -> {
            read("*filter\n-A OUTPUT -d " + "1,".repeat(500_000) + "\nCOMMIT\n", "a line of 1 MB");
            read("\"".repeat(1_000_000), "quotes");
            read("*filter\n".repeat(125_000), "tables begun");
            read("*filter\nCOMMIT\n".repeat(60_000), "tables done");
            read("*filter\n" + "-A OUTPUT -p tcp --dport htps\n".repeat(30_000), "suggestions");
            read("A=xx\n" + "A=$A$A\n".repeat(60) + "iptables -A $A\n", "a value that doubles");
            read("A=" + "x ".repeat(500) + "\niptables " + "$A".repeat(3000), "a line that grows");
            StringBuilder rules = new StringBuilder("*filter\n");
            for (int i = 0; i < 20_000; i++) {
                rules.append(":C").append(i).append(" -\n");
            }
            for (int i = 1; i < 20_000; i++) {
                rules.append("-A C").append(i - 1).append(" -j C").append(i).append('\n');
            }
            read(rules + "COMMIT\n", "a long way of jumps");
        });
    }
}
