package dev.atoll.launcher.jar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.launcher.jar.Atoll.Result;
import dev.atoll.launcher.jar.Atoll.Running;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Another policy, and other sets, for a program that runs, by a user without privileges. */
@Tag("jar")
@Timeout(240)
class ReloadAsUserTest {
    /** The second stack of the stream link. */
    private static final String PEER = "tcp:10.66.0.1:8080";

    private static final String REJECT = "-A OUTPUT -p tcp --dport 8080 -j REJECT --reject-with tcp-reset";
    private static final String REJECT_BLOCKED = "-A OUTPUT -m set --match-set blocked dst,dst -j REJECT";

    @TempDir
    Path directory;

    private static Running start(Atoll atoll, String... options) throws IOException {
        List<String> all = new ArrayList<>(List.of("--link", "demo:stream"));
        all.addAll(List.of(options));
        all.addAll(List.of("--status-file", atoll.path("status.json").toString()));
        return atoll.startProbe(all, PEER, "say:before", "await:" + atoll.path("enough"), PEER);
    }

    /** What the program got from its peer before and after. */
    private static List<String> answers(Result result) {
        List<String> answers = result.stdout()
                .lines()
                .filter(line -> line.startsWith(PEER + "="))
                .toList();
        assertEquals(2, answers.size(), result::toString);
        return answers;
    }

    @Test
    void reload_ofOwnRun_theNextConnectionMeetsTheNewRules() throws Exception {
        Atoll atoll = new Atoll(directory).asOrdinaryUser();
        Path rules = atoll.file("egress.rules", "*filter", "-A OUTPUT -p tcp --dport 81 -j DROP", "COMMIT");
        String status = atoll.path("status.json").toString();
        try (Running running = start(atoll, "--policy", rules.toString())) {
            running.awaitOutput("before");
            atoll.file("egress.rules", "*filter", "-A OUTPUT -j REJECTED", "COMMIT");
            Result refused = atoll.run("reload", status).assertExit(120);
            assertTrue(refused.stdout().contains("egress.rules:2:14:"), refused::toString);

            atoll.file("egress.rules", "*filter", REJECT, "COMMIT");
            atoll.run("reload", status).assertExit(0);
            atoll.file("enough");
            Result result = running.result().assertExit(0);
            assertFalse(answers(result).get(0).contains("Exception"), result::toString);
            assertTrue(answers(result).get(1).contains(" (" + rules + ":2: " + REJECT + ")"), result::toString);
        }
    }

    /** Sets are read again with the policy that asks for them. */
    @Test
    void reload_readsSetsAgain() throws Exception {
        Atoll atoll = new Atoll(directory).asOrdinaryUser();
        Path rules = atoll.file("egress.rules", "*filter", REJECT_BLOCKED, "COMMIT");
        Path sets = atoll.file("blocked.ipset", "create blocked hash:ip,port", "add blocked 10.66.0.1,tcp:8080");
        String status = atoll.path("status.json").toString();
        try (Running running = start(atoll, "--policy", rules.toString(), "--ipset", sets.toString())) {
            running.awaitOutput("before");
            atoll.file("blocked.ipset", "create blocked hash:ip,port", "add blocked 10.66.0.1,tcp:80800");
            Result refused = atoll.run("reload", status).assertExit(120);
            assertTrue(refused.stdout().contains("blocked.ipset:2:"), refused::toString);

            atoll.file("blocked.ipset", "create blocked hash:ip,port", "add blocked 10.66.0.1,udp:8080");
            Result reloaded = atoll.run("reload", status).assertExit(0);
            atoll.file("enough");
            Result result = running.result().assertExit(0);
            assertTrue(answers(result).get(0).contains(" (" + rules + ":2: " + REJECT_BLOCKED + ")"), result::toString);
            assertFalse(answers(result).get(1).contains("Exception"), () -> reloaded + "\n" + result);
        }
    }

    @Test
    void setThatNoFileHas_andAFileWithAMistake_startNothing() throws Exception {
        Atoll atoll = new Atoll(directory).asOrdinaryUser();
        Path rules = atoll.file("egress.rules", "*filter", REJECT_BLOCKED, "COMMIT");
        List<String> options = List.of("--link", "demo:stream", "--policy", rules.toString());
        Result without = atoll.runProbe(options, "say:no").assertExit(120);
        assertTrue(without.stderr().contains("egress.rules:2:"), without::toString);
        Path sets = atoll.file("blocked.ipset", "create blocked hash:ip", "add blocked 10.66.0.300");
        List<String> with = List.of("--link", "demo:stream", "--policy", rules.toString(), "--ipset", sets.toString());
        Result mistaken = atoll.runProbe(with, "say:no").assertExit(120);
        assertTrue(mistaken.stderr().contains("blocked.ipset:2:"), mistaken::toString);
        assertEquals("", without.stdout() + mistaken.stdout());
    }

    /** The program has the rights of who started it, and no way to the files all the same. */
    @Test
    void watched_reloadsWhenTheFileChanges_andTheProgramCannotWriteIt() throws Exception {
        Atoll atoll = new Atoll(directory).asOrdinaryUser();
        Path rules = Files.createDirectory(directory.resolve("policy")).resolve("egress.rules");
        Files.write(rules, List.of("*filter", "-A OUTPUT -p tcp --dport 81 -j DROP", "COMMIT"));
        Files.setPosixFilePermissions(rules, PosixFilePermissions.fromString("rw-rw-rw-"));
        Files.setPosixFilePermissions(rules.getParent(), PosixFilePermissions.fromString("rwxrwxrwx"));
        List<String> options = List.of(
                "--link",
                "demo:stream",
                "--watch",
                "--policy",
                rules.toString(),
                "--status-file",
                atoll.path("status.json").toString());
        try (Running running = atoll.startProbe(
                options,
                "write:" + atoll.path("mine"),
                "write:" + rules,
                "write:" + rules.resolveSibling("other.rules"),
                PEER,
                "say:before",
                "await:" + atoll.path("enough"),
                PEER)) {
            running.awaitOutput("before");
            Path fresh = Files.write(rules.resolveSibling("fresh"), List.of("*filter", REJECT, "COMMIT"));
            Files.move(fresh, rules, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
            awaitReload(atoll);
            atoll.file("enough");
            Result result = running.result().assertExit(0);
            assertEquals("write:" + atoll.path("mine") + "=written", result.line("write:" + atoll.path("mine")));
            assertTrue(result.line("write:" + rules + "=").contains("Read-only file system"), result::toString);
            assertTrue(
                    result.line("write:" + rules.resolveSibling("other.rules")).contains("Read-only file system"),
                    result::toString);
            assertFalse(answers(result).get(0).contains("Exception"), result::toString);
            assertTrue(answers(result).get(1).contains(":2: " + REJECT + ")"), result::toString);
        }
    }

    private static void awaitReload(Atoll atoll) throws Exception {
        long start = System.nanoTime();
        while (!Json.read(atoll.path("status.json")).text("reloads").equals("1")) {
            assertTrue(System.nanoTime() - start < TimeUnit.SECONDS.toNanos(60), "reloads in time");
            Thread.sleep(20);
        }
    }
}
