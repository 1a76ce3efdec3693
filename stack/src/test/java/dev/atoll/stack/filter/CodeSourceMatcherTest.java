package dev.atoll.stack.filter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.Rng;
import dev.atoll.stack.filter.CodeSourceMatcher.Condition;
import dev.atoll.stack.filter.CodeSourceMatcher.Part;
import dev.atoll.stack.filter.Matcher.Result;
import dev.atoll.stack.options.SocketCaller;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code -m codesource}: which code a condition means. */
class CodeSourceMatcherTest {
    private static final SocketCaller CLIENT = new SocketCaller(
            "org.acme.http.Client$1",
            "org.acme.http",
            "file:/app/lib/http-client-1.2.jar",
            "org.acme:http-client:1.2",
            "main",
            List.of());
    private static final SocketCaller NOBODY = new SocketCaller("", "", "", "", "pool-1", List.of());

    private static Result match(SocketCaller caller, Condition... conditions) {
        PacketBuffer packet = Packets.tcp(Packets.CLIENT, 40000, Packets.SERVER, 80, Packets.SYN);
        packet.caller = caller;
        PacketContext context = new PacketContext();
        context.begin(Hook.OUTPUT, packet, null, "eth0", 0);
        return new CodeSourceMatcher(List.of(conditions)).match(context);
    }

    private static boolean holds(Part part, String pattern) {
        boolean matches = match(CLIENT, new Condition(part, pattern, false)) == Result.YES;
        boolean negated = match(CLIENT, new Condition(part, pattern, true)) == Result.YES;
        assertTrue(matches != negated, pattern);
        return matches;
    }

    @Test
    void jar_isTheFilesName_orWithASlashItsPlace() {
        assertTrue(holds(Part.JAR, "http-client-1.2.jar"));
        assertTrue(holds(Part.JAR, "http-client-*.jar"));
        assertTrue(holds(Part.JAR, "http-client-?.?.jar"));
        assertFalse(holds(Part.JAR, "http-client"));
        assertFalse(holds(Part.JAR, "client-*.jar"));
        assertTrue(holds(Part.JAR, "file:/app/lib/*"));
        assertTrue(holds(Part.JAR, "*/lib/http-client-*.jar"));
        assertFalse(holds(Part.JAR, "/app/lib/http-client-1.2.jar"));
    }

    @Test
    void maven_comparesEachPart() {
        assertTrue(holds(Part.MAVEN, "org.acme:http-client"));
        assertTrue(holds(Part.MAVEN, "org.acme:http-client:1.2"));
        assertTrue(holds(Part.MAVEN, "org.*:*:1.*"));
        assertFalse(holds(Part.MAVEN, "org.acme:http-client:1.3"));
        assertFalse(holds(Part.MAVEN, "org.acme:http"));
        assertFalse(holds(Part.MAVEN, "*:1.2"), "a star does not reach over a colon");
        SocketCaller noGroup = new SocketCaller("A", "", "", ":okhttp:4", "main", List.of());
        assertEquals(Result.YES, match(noGroup, new Condition(Part.MAVEN, "*:okhttp", false)));
        assertEquals(Result.NO, match(noGroup, new Condition(Part.MAVEN, "com.squareup:okhttp", false)));
    }

    @Test
    void package_isThatAlone_orWhatIsBelowIt() {
        assertTrue(holds(Part.PACKAGE, "org.acme.http"));
        assertTrue(holds(Part.PACKAGE, "org.acme.http.*"));
        assertTrue(holds(Part.PACKAGE, "org.acme.*"));
        assertFalse(holds(Part.PACKAGE, "org.acme"));
        assertFalse(holds(Part.PACKAGE, "org.acme.ht.*"));
        assertFalse(holds(Part.PACKAGE, "org.acme.http.x.*"));
    }

    @Test
    void module_isItsName() {
        assertTrue(holds(Part.MODULE, "org.acme.http"));
        assertTrue(holds(Part.MODULE, "org.*"));
        assertFalse(holds(Part.MODULE, "org.acme"));
    }

    @Test
    void allConditions_haveToHold() {
        Condition jar = new Condition(Part.JAR, "*.jar", false);
        assertEquals(Result.YES, match(CLIENT, jar, new Condition(Part.PACKAGE, "org.acme.http", false)));
        assertEquals(Result.NO, match(CLIENT, jar, new Condition(Part.PACKAGE, "org.acme.http", true)));
    }

    @Test
    void codeThatIsNotKnown_isNothingThatARuleNames() {
        for (SocketCaller caller : List.of(NOBODY, SocketCaller.UNKNOWN)) {
            assertEquals(Result.NO, match(caller, new Condition(Part.JAR, "*", false)));
            assertEquals(Result.NO, match(caller, new Condition(Part.MODULE, "*", false)));
            assertEquals(Result.YES, match(caller, new Condition(Part.JAR, "*", true)));
        }
    }

    @Test
    void patterns_thatMeanNothing_areNone() {
        assertNotNull(Condition.problem(Part.JAR, ""));
        assertNotNull(Condition.problem(Part.MAVEN, "org.acme"));
        assertNotNull(Condition.problem(Part.MAVEN, "org.acme:"));
        assertNotNull(Condition.problem(Part.MAVEN, "a:b:c:d"));
        assertNotNull(Condition.problem(Part.PACKAGE, "org..acme"));
        assertNotNull(Condition.problem(Part.PACKAGE, "org.acme*"));
        assertNotNull(Condition.problem(Part.PACKAGE, "*"));
        assertNull(Condition.problem(Part.PACKAGE, "org.acme.*"));
        assertNull(Condition.problem(Part.MAVEN, "a:b"));
    }

    @Test
    void rulesThatAsk_haveEndpointsTold() {
        IpTables filter = new IpTables(Rng.seeded(1));
        assertFalse(filter.wantsCallers());
        filter.replace(new Rules()
                .add(
                        "OUTPUT",
                        StandardTarget.ACCEPT,
                        new CodeSourceMatcher(List.of(new Condition(Part.JAR, "a.jar", false))))
                .build());
        assertTrue(filter.wantsCallers());
        filter.replace(RuleSet.EMPTY);
        assertFalse(filter.wantsCallers());
        filter.wantCallers(true);
        assertTrue(filter.wantsCallers());
    }

    @Test
    void glob_findsWhatStarsStandFor() {
        assertTrue(Glob.matches("*", ""));
        assertTrue(Glob.matches("a*b*c", "a-b-b-c"));
        assertFalse(Glob.matches("a*b*c", "a-b-b-d"));
        assertTrue(Glob.matches("**a", "ba"));
        assertFalse(Glob.matches("?", ""));
        assertFalse(Glob.matches("", "a"));
        String many = "a".repeat(2000);
        assertFalse(Glob.matches("*a".repeat(500) + "b", many), "in time");
    }
}
