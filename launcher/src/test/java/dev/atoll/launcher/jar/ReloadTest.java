package dev.atoll.launcher.jar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.launcher.jar.Atoll.Result;
import dev.atoll.launcher.jar.Atoll.Running;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Another policy for a program that runs. */
@Tag("jar")
@Timeout(240)
class ReloadTest {
    private static final String HOST = HostSide.ADDRESS;
    private static final int EACH = 50;
    private static final String ALLOW_8080 = "-A OUTPUT -p tcp -d " + HOST + " --dport 8080 -j ACCEPT";
    private static final String ALLOW_8081 = "-A OUTPUT -p tcp -d " + HOST + " --dport 8081 -j ACCEPT";
    private static final String REJECT = "-A OUTPUT -j REJECT --reject-with icmp-admin-prohibited";

    @TempDir
    Path directory;

    @BeforeEach
    void needTap() {
        Needs.tap();
    }

    private static Path rules(Atoll atoll, String... output) throws IOException {
        List<String> lines = new ArrayList<>(List.of(
                "*filter",
                ":INPUT DROP",
                ":OUTPUT DROP",
                "-A INPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT",
                "-A OUTPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT"));
        lines.addAll(Arrays.asList(output));
        lines.add("COMMIT");
        return atoll.file("egress.rules", lines.toArray(new String[0]));
    }

    private static Running start(Atoll atoll, Path rules, String... more) throws IOException {
        List<String> words = new ArrayList<>(List.of("run", "--link", "tap", "--policy", rules.toString()));
        words.addAll(List.of("--status-file", atoll.path("status.json").toString()));
        words.addAll(Arrays.asList(more));
        words.addAll(List.of("--", atoll.java(), "-cp", Atoll.CLASSES.toString(), Crowd.class.getName()));
        words.addAll(List.of(HOST, Integer.toString(EACH), atoll.path("enough").toString(), "8080", "8081"));
        return atoll.start(words);
    }

    /** Half of a hundred live connections are denied by the new file; a file with a mistake changes nothing. */
    @Test
    void liveConnections_thoseDeniedEndWithTheRule_theOthersGoOn() throws Exception {
        try (HostSide host = new HostSide()) {
            host.serve("echo:8080", "echo:8081");
            Atoll atoll = new Atoll(directory).behind(host.prefix());
            Path rules = rules(atoll, ALLOW_8080, ALLOW_8081, REJECT);
            String status = atoll.path("status.json").toString();
            try (Running running = start(atoll, rules)) {
                running.awaitOutput("all talk");

                rules(atoll, ALLOW_8080, "-A OUTPUT -p tcp --dprot 8081 -j ACCEPT", REJECT);
                Result refused = atoll.run("reload", status).assertExit(120);
                assertTrue(refused.stdout().contains("the one before stays in force"), refused::toString);
                assertTrue(refused.stdout().contains("egress.rules:7:"), refused::toString);
                assertTrue(refused.stdout().contains("^~~"), "as check prints it: " + refused);

                rules(atoll, ALLOW_8080, REJECT);
                Result reloaded = atoll.run("reload").assertExit(0);
                assertTrue(reloaded.stdout().contains("connections ended: " + EACH), reloaded::toString);
                running.awaitOutput(EACH + " of 8081 ended: java.net.SocketException: No route to host (" + rules
                        + ":7: " + REJECT + ")");
                assertEquals("", host.inside("ss", "-Htn", "state", "established", "sport = :8081"), "peers know");

                Json json = Json.read(Path.of(status));
                assertEquals("1", json.text("reloads"));
                assertEquals("1", json.text("failedReloads"));
                assertTrue(json.text("lastFailedReload").contains("egress.rules:7:"), json::toString);

                atoll.file("enough");
                Result result = running.result().assertExit(0);
                assertTrue(result.stdout().contains(EACH + " of 8080 went on"), result::toString);
                assertTrue(result.stderr().contains("atoll: denied tcp 10.66.0.2:"), result::toString);
            }
        }
    }

    /** A service manager's way, and that more is allowed is told. */
    @Test
    void hangup_reloads_andSaysWhatIsAllowedBesides() throws Exception {
        try (HostSide host = new HostSide()) {
            host.serve("echo:8080", "echo:8081");
            Atoll atoll = new Atoll(directory).behind(host.prefix());
            Path rules = rules(atoll, ALLOW_8080, ALLOW_8081, REJECT);
            try (Running running = start(atoll, rules)) {
                running.awaitOutput("all talk");
                rules(atoll, ALLOW_8080, ALLOW_8081, "-A OUTPUT -p tcp --dport 8082 -j ACCEPT", REJECT);
                running.signal("HUP");
                awaitReloads(atoll, 1);
                atoll.file("enough");
                Result result = running.result().assertExit(0);
                assertTrue(result.stderr().contains("atoll: the policy is reloaded from " + rules), result::toString);
                assertTrue(result.stderr().contains("atoll: it allows more than the one before:"), result::toString);
                assertTrue(result.stderr().contains("atoll: + tcp port 8082 ("), result::toString);
                assertTrue(result.stdout().contains(EACH + " of 8081 went on"), result::toString);
            }
        }
    }

    private static void awaitReloads(Atoll atoll, int count) throws Exception {
        long start = System.nanoTime();
        while (!Json.read(atoll.path("status.json")).text("reloads").equals(Integer.toString(count))) {
            assertTrue(System.nanoTime() - start < TimeUnit.SECONDS.toNanos(60), "reloads in time");
            Thread.sleep(20);
        }
    }

    /** A watched policy is read again by itself, and the program has no way to it. */
    @Test
    void watched_reloadsWhenTheFileChanges_andTheProgramCannotWriteIt() throws Exception {
        Atoll atoll = new Atoll(directory);
        Path rules = Files.createDirectory(directory.resolve("policy")).resolve("egress.rules");
        String open = "*filter\n:OUTPUT ACCEPT\nCOMMIT\n";
        Files.writeString(rules, open);
        Files.setPosixFilePermissions(rules, PosixFilePermissions.fromString("rw-rw-rw-"));
        Files.setPosixFilePermissions(rules.getParent(), PosixFilePermissions.fromString("rwxrwxrwx"));
        Path other = rules.resolveSibling("other.rules");
        List<String> options = List.of(
                "--link",
                "none",
                "--watch",
                "--policy",
                rules.toString(),
                "--status-file",
                atoll.path("status.json").toString());
        try (Running running = atoll.startProbe(
                options,
                "write:" + atoll.path("mine"),
                "write:" + rules,
                "write:" + other,
                "rename:" + atoll.path("mine") + "," + rules,
                "rename:" + rules.getParent() + "," + atoll.path("away"),
                "writable:" + Atoll.JAR,
                "say:tried",
                "await:" + atoll.path("enough"))) {
            running.awaitOutput("tried");
            // As an editor does it.
            Path fresh = Files.writeString(rules.resolveSibling("fresh"), "*filter\n:OUTPUT DROP\nCOMMIT\n");
            Files.move(fresh, rules, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
            awaitReloads(atoll, 1);
            Files.writeString(rules, "*filter\n:OUTPUT NONSENSE\nCOMMIT\n");
            running.awaitError("egress.rules:2:");
            atoll.file("enough");
            Result result = running.result().assertExit(0);
            for (String refused : List.of("write:" + rules, "write:" + other)) {
                assertTrue(result.line(refused + "=").contains("Read-only file system"), result::toString);
            }
            assertEquals("writable:" + Atoll.JAR + "=false", result.line("writable:" + Atoll.JAR));
            assertTrue(result.line("rename:" + atoll.path("mine")).contains("Exception"), result::toString);
            assertTrue(
                    result.line("rename:" + rules.getParent()).contains("Device or resource busy"), result::toString);
            assertEquals("write:" + atoll.path("mine") + "=written", result.line("write:" + atoll.path("mine")));
            assertEquals("1", Json.read(atoll.path("status.json")).text("failedReloads"));
        }
    }

    @Test
    void watchOfWhatTheProgramCouldWrite_isRefused() throws Exception {
        Atoll atoll = new Atoll(directory);
        Path rules = rules(atoll, REJECT);
        Result refused = atoll.runProbe(List.of("--link", "none", "--watch", "--policy", rules.toString()), "say:no")
                .assertExit(120);
        assertEquals(
                "atoll: watch: the program could write " + rules + ": the program works in its directory, "
                        + directory.toRealPath() + "; give the policy a directory of its own\n",
                refused.stderr());
    }

    @Test
    void reload_ofNoRun_isRefused() throws Exception {
        try (HostSide host = new HostSide()) {
            Atoll atoll = new Atoll(directory).behind(host.prefix());
            Result none = atoll.run("reload").assertExit(120);
            assertEquals("atoll: reload: there is no run of yours that has a policy\n", none.stderr());
            Result other = atoll.run("reload", "1").assertExit(120);
            assertEquals(
                    "atoll: reload: process 1 is no run, or has no policy that could be read again\n", other.stderr());
        }
    }
}
