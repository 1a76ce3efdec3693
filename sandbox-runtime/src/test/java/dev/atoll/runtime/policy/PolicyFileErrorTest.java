package dev.atoll.runtime.policy;

import static dev.atoll.runtime.policy.Policies.errors;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What users see of mistakes in the frame of a policy file, of its limits, and how excerpts are cut. */
class PolicyFileErrorTest {
    private static void file(String text, String... expected) {
        assertEquals(String.join("\n", expected) + "\n", Policies.refused(text).toString());
    }

    @Test
    void framesOfTheFile() {
        file("", "egress.rules:1:1: the policy has no table, expected *filter", "    ", "    ^");
        file(
                "-A OUTPUT -j DROP\n",
                "egress.rules:1:1: this line is in no table, expected *filter before it",
                "    -A OUTPUT -j DROP",
                "    ^~~~~~~~~~~~~~~~~");
        file(
                "*filter\n-A OUTPUT -j DROP\n",
                "egress.rules:2:18: the file ends inside the table begun at line 1, expected COMMIT",
                "    -A OUTPUT -j DROP",
                "                     ^");
        file(
                "*filter\nCOMMIT # done\n",
                "egress.rules:2:1: expected COMMIT alone on its line",
                "    COMMIT # done",
                "    ^~~~~~~~~~~~~");
        file(
                "*filter\nCOMMIT \t\n",
                "egress.rules:2:7: expected COMMIT alone on its line, without blanks",
                "    COMMIT  ",
                "          ^~");
        file(
                "*filter\n*filter\nCOMMIT\n",
                "egress.rules:2:1: the table begun at line 1 is not finished, expected COMMIT before this",
                "    *filter",
                "    ^~~~~~~");
        file(
                "*security\n:INPUT ACCEPT [0:0]\n-A INPUT -j NONSENSE\nCOMMIT\n*filter\nCOMMIT\n",
                "egress.rules:1:2: table \"security\" is not supported yet",
                "    *security",
                "     ^~~~~~~~");
        file(
                "*flter\nCOMMIT\n",
                "egress.rules:1:2: unknown table \"flter\"",
                "    *flter",
                "     ^~~~~",
                "    did you mean filter?");
        file(
                "*filter\r\n-A OUTPUT -j DROP\r\nCOMMIT\r\n",
                "egress.rules:1:8: lines end with CR LF, as Windows writes them; expected LF alone",
                "    *filter",
                "           ^");
        file(
                "\ufeff*filter\nCOMMIT\n",
                "egress.rules:1:1: the file begins with a byte order mark, expected plain UTF-8 without",
                "    *filter",
                "    ^");
        file(
                "*filter\n \t\nCOMMIT\n",
                "egress.rules:2:3: the line has blanks only, expected a rule or an empty line",
                "      ",
                "      ^");
    }

    @Test
    void limits() {
        String longLine = errors("-A OUTPUT -j DROP" + " ".repeat(11_000));
        assertTrue(longLine.startsWith("egress.rules:2:10240: the line is longer than 10239 characters\n"), longLine);
        String words = errors("-A OUTPUT " + "-v ".repeat(300));
        assertTrue(words.contains("the line has more than 255 words"), words);
        String longWord = errors("-A OUTPUT -m comment --comment " + "x".repeat(1024));
        assertTrue(longWord.contains("the word is longer than 1023 characters"), longWord);
        List<String> addresses = new ArrayList<>();
        for (int i = 0; i < 65; i++) {
            addresses.add("10.0.0." + i);
        }
        String list = String.join(",", addresses);
        String product = errors("-A OUTPUT -s " + list + " -d " + list);
        assertTrue(product.contains("stand for 4225 rules, at most 4096 are read"), product);
    }

    @Test
    void reading_stopsAfterSoManyMistakes() {
        PolicyResult.Refused refused = Policies.refused("*filter\n" + "nonsense\n".repeat(1000));
        assertEquals(Problems.MAX_ERRORS + 1, refused.errors().size());
        assertEquals(
                "reading stopped here, after 100 mistakes",
                refused.errors().get(Problems.MAX_ERRORS).message());
    }

    @Test
    void longLine_isShownAroundItsMistake() {
        String comment = "-A OUTPUT -m comment --comment " + "x".repeat(200) + " -j DROPP";
        String text = errors(comment);
        String[] lines = text.split("\n", -1);
        int column = comment.indexOf("DROPP");
        assertEquals(
                "egress.rules:2:" + (column + 1) + ": \"DROPP\" is neither a target nor a chain of this table",
                lines[0]);
        assertEquals("DROPP", lines[1].substring(lines[2].indexOf('^')));
        assertEquals("    did you mean DROP?", lines[3]);
    }

    @Test
    void controlCharacters_doNotReachTheTerminal() {
        String text = errors("-A OUTPUT -j \u001b[31mX");
        assertTrue(text.indexOf('\u001b') < 0, text);
    }
}
