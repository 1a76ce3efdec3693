package dev.atoll.launcher.jar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.launcher.jar.Atoll.Result;
import dev.atoll.launcher.jar.Atoll.Running;
import dev.atoll.launcher.link.LinkKind;
import dev.atoll.runtime.control.ControlRecord;
import dev.atoll.runtime.control.ControlStream;
import dev.atoll.testing.Jdks;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** JVMs that the launcher has not started itself: a program has, or a script that is the command. */
class JvmsTest extends JarTest {
    private static final String FIRST_SHARED = "10.66.128.2";
    private static final String ROUTER = "10.66.128.1";

    /** What a JVM sees of a connection to a port where nobody listens. */
    private static final Set<String> CONNECT_REFUSED = Set.of("out arp", "in arp", "out syn", "in rst");

    /** {@code run OPTIONS -- sh -c SCRIPT}, with {@code $java} for a JVM of the probe. */
    private static Result script(Atoll atoll, List<String> options, String... lines) throws Exception {
        return atoll.start(scriptWords(atoll, options, lines)).result();
    }

    private static List<String> scriptWords(Atoll atoll, List<String> options, String... lines) {
        List<String> words = new ArrayList<>(List.of("run"));
        words.addAll(options);
        words.addAll(List.of(
                "--", "sh", "-c", "java='" + String.join(" ", atoll.probe()) + "'\n" + String.join("\n", lines)));
        return words;
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void ofAProgram_hasAnAddressOfItsOwn(int feature) throws Exception {
        Path jdk = Jdks.require(feature);
        Result result = new Atoll(directory)
                .on(jdk)
                .runProbe(
                        List.of("--link", "stream"),
                        "addresses:eth0",
                        "jvm:addresses:eth0,home,lookup:localhost,tcp:" + ROUTER + ":9,exit:7",
                        "again:addresses:eth0",
                        "say:last")
                .assertExit(0);

        List<String> lines = result.stdout().lines().toList();
        assertEquals("addresses:eth0= 10.66.0.2/30 ", lines.get(0), result::toString);
        assertEquals("addresses:eth0= " + FIRST_SHARED + "/25 ", lines.get(1), result::toString);
        String home = jdk.toRealPath().toString();
        assertEquals("home=" + home + " " + home + "/bin/java", lines.get(2), result::toString);
        assertTrue(lines.get(3).startsWith("lookup:localhost=127.0.0.1 "), result::toString);
        assertTrue(
                lines.get(4).startsWith("tcp:" + ROUTER + ":9=java.net.ConnectException: Connection refused"),
                result::toString);
        assertEquals("jvm ended: 7", lines.get(5), result::toString);
        assertTrue(lines.get(6).startsWith("addresses:eth0= 10.66.128."), result::toString);
        assertEquals("", result.stderr());
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void ofAScript_asOrdinaryUser_itsExitCodeIsTheRuns(int feature) throws Exception {
        Atoll atoll = new Atoll(directory).asOrdinaryUser().on(Jdks.require(feature));
        Result result = script(
                        atoll, List.of("--link", "stream"), "$java addresses:eth0 jvm:addresses:eth0,exit:5", "exit 3")
                .assertExit(3);

        assertEquals(
                List.of("addresses:eth0= 10.66.128.2/25 ", "addresses:eth0= 10.66.128.3/25 ", "jvm ended: 5"),
                result.stdout().lines().toList(),
                result::toString);
        assertEquals("", result.stderr());
    }

    /** They are hosts of one network. */
    @Test
    void twoOfThem_reachEachOtherByAddress() throws Exception {
        Atoll atoll = new Atoll(directory);
        Path started = atoll.path("started");
        Result result = script(
                        atoll,
                        List.of("--link", "stream"),
                        "$java touch:" + started + " serve:8080 &",
                        "until [ -e " + started + " ]; do sleep 0.1; done",
                        "until $java short:" + FIRST_SHARED + ":8080 | grep HTTP; do :; done",
                        "wait")
                .assertExit(0);
        assertTrue(result.stdout().contains("served"), result::toString);
        assertEquals("", result.stderr());
    }

    /** A kind that a provider brings and that knows nothing of several JVMs. */
    @Test
    void onALinkOfSomebodyElses_haveLoopbackAlone_andThatIsSaid() throws Exception {
        Path services = Files.createDirectories(directory.resolve("provider/META-INF/services"));
        Files.writeString(services.resolve(LinkKind.class.getName()), LonelyLink.class.getName());
        Atoll atoll = new Atoll(directory);
        Path status = atoll.path("status.json");
        List<String> command = new ArrayList<>(List.of(
                atoll.java(),
                "--add-opens=java.base/java.io=ALL-UNNAMED",
                "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
                "-cp",
                Atoll.JAR + ":" + Atoll.CLASSES + ":" + directory.resolve("provider"),
                "dev.atoll.launcher.Main",
                "run",
                "--link",
                "lonely",
                "--status-file",
                status.toString(),
                "--"));
        command.addAll(atoll.probe("tcp:10.66.0.1:9", "jvm:tcp:10.66.0.1:9,say:last,await:" + atoll.path("enough")));
        try (Running running = atoll.startCommand(command)) {
            assertLoopbackAlone(running, status, "lonely");
            atoll.file("enough");
            running.result().assertExit(0);
        }
    }

    /** Of a program whose one JVM has come to {@code last}; both have tried to connect before. */
    static void assertLoopbackAlone(Running running, Path status, String link) throws Exception {
        running.awaitOutput("last");
        String now = Files.readString(status);
        String why = "the link " + link + " is the program's alone; use --link tap";
        assertTrue(now.contains("\"address\" : null,\n    \"loopbackOnly\" : \"" + why + "\""), now);
        List<String> lines = running.soFar().lines().toList();
        assertTrue(lines.contains("atoll: JVMs that the program starts have loopback alone: " + why), lines::toString);
        assertTrue(lines.get(0).contains("Connection refused"), lines::toString);
        assertTrue(lines.get(1).contains("Network is unreachable"), lines::toString);
    }

    @Test
    void withoutALink_theyHaveOneLocalhost() throws Exception {
        Result result = script(
                        new Atoll(directory),
                        List.of("--link", "none"),
                        "$java serve:8080 &",
                        "until $java short:localhost:8080 | grep HTTP; do :; done",
                        "wait")
                .assertExit(0);
        assertTrue(result.stdout().contains("served"), result::toString);
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void overTap_reachTheHost_andNothingIsLeft(int feature) throws Exception {
        Needs.tap();
        try (HostSide host = new HostSide()) {
            host.serve("8080");
            String before = host.state();
            Atoll atoll = atollOn(feature).behind(host.prefix());
            String server = "tcp:" + HostSide.ADDRESS + ":8080";
            Result ofProgram = atoll.runProbe(List.of("--link", "tap"), server, "jvm:addresses:eth0," + server)
                    .assertExit(0);
            Result ofScript = script(atoll, List.of("--link", "tap"), "$java addresses:eth0 " + server, "exit 0")
                    .assertExit(0);

            assertEquals(
                    2,
                    ofProgram
                            .stdout()
                            .lines()
                            .filter(line -> line.startsWith(server + "=hello "))
                            .count(),
                    ofProgram::toString);
            assertEquals("addresses:eth0= " + FIRST_SHARED + "/25 ", ofProgram.line("addresses:"));
            assertTrue(ofScript.line(server).startsWith(server + "=hello "), ofScript::toString);
            assertEquals("addresses:eth0= " + FIRST_SHARED + "/25 ", ofScript.line("addresses:"));
            assertEquals(before, host.state());
        }
    }

    @Test
    void policy_holdsForThem_andItsReload() throws Exception {
        Atoll atoll = new Atoll(directory);
        Path status = atoll.path("status.json");
        Path rules = rules(atoll, "REJECT");
        Path flows = atoll.path("flows.jsonl");
        List<String> words = scriptWords(
                atoll,
                List.of(
                        "--link",
                        "stream",
                        "--policy",
                        rules.toString(),
                        "--status-file",
                        status.toString(),
                        "--flow-log",
                        flows.toString()),
                "$java tcp:" + ROUTER + ":9 say:first await:" + atoll.path("reloaded") + " tcp:" + ROUTER + ":9");
        try (Running running = atoll.start(words)) {
            running.awaitOutput("first");
            String now = Files.readString(status);
            assertTrue(now.contains("\"address\" : \"" + FIRST_SHARED + "/25\""), now);
            long pid = numbers("\"pid\" : (\\d+)", now).get(0);

            rules(atoll, "ACCEPT");
            atoll.run("reload", status.toString()).assertExit(0);
            atoll.file("reloaded");
            Result result = running.result().assertExit(0);
            List<String> answers = result.stdout()
                    .lines()
                    .filter(line -> line.startsWith("tcp:"))
                    .toList();
            assertTrue(answers.get(0).contains("(" + rules + ":4: "), result::toString);
            assertTrue(answers.get(1).contains("Connection refused ["), result::toString);
            assertEquals("1", Json.read(status).text("denials"));
            assertTrue(
                    result.stderr().contains(" -> " + ROUTER + ":9 (JVM " + pid + "): " + rules + ":4: "),
                    result::toString);
            assertEquals(List.of(pid, pid), numbers("\"jvm\":(\\d+)", Files.readString(flows)));
        }
    }

    private static Running strangers(Atoll atoll, Path status, String... commands) throws IOException {
        return strangers(atoll, status, List.of(), commands);
    }

    private static Running strangers(Atoll atoll, Path status, List<String> options, String... commands)
            throws IOException {
        List<String> words = new ArrayList<>(List.of("run", "--link", "stream", "--status-file", status.toString()));
        words.addAll(options);
        words.addAll(
                List.of("--", atoll.java(), "-cp", System.getProperty("java.class.path"), Strangers.class.getName()));
        words.add(atoll.path("enough").toString());
        words.addAll(List.of(commands));
        return atoll.start(words);
    }

    @Test
    void framesForOneThatDoesNotRead_areLostAndCounted() throws Exception {
        Atoll atoll = new Atoll(directory);
        Path status = atoll.path("status.json");
        try (Running running = strangers(atoll, status, "flood")) {
            running.awaitOutput("last has");
            List<Long> lost = numbers("\"lostFrames\" : (\\d+)", Files.readString(status));
            assertEquals(0, lost.get(0), "of who has sent them");
            assertTrue(lost.get(1) > 1000, lost::toString);
            atoll.file("enough");
            Result result = running.result().assertExit(0);

            String end = Files.readString(status);
            assertEquals(List.of(lost.get(1)), numbers("\"lostToJvms\" : (\\d+)", end), end);
            assertEquals(List.of(0L), numbers("\"lostToLink\" : (\\d+)", end), end);
            assertEquals(List.of(0L), numbers("\"refused\" : (\\d+)", end), end);
            assertEquals("", result.stderr());
        }
    }

    @Test
    void sixteenAreHeardAtTheDoorAtATime() throws Exception {
        Atoll atoll = new Atoll(directory);
        atoll.file("enough");
        try (Running running = strangers(atoll, atoll.path("status.json"), "silence")) {
            running.result().assertExit(0);
        }
    }

    @Test
    void oneThatClaimsTheAddressOfAnother_isNotHeard_andThatIsSaid() throws Exception {
        Atoll atoll = new Atoll(directory);
        Path status = atoll.path("status.json");
        try (Running running = strangers(
                atoll, status, List.of("--pcap", atoll.path("claim.pcapng").toString()), "claim")) {
            running.awaitOutput("last has");
            String now = Files.readString(status);
            assertEquals(List.of(3L, 0L, 0L), numbers("\"refusedFrames\" : (\\d+)", now), now);
            atoll.file("enough");
            Result result = running.result().assertExit(0);

            String end = Files.readString(status);
            assertEquals(List.of(3L), numbers("\"refused\" : (\\d+)", end), end);
            assertEquals(
                    "atoll: 3 frames of JVMs on the link they share were refused: with an address that is not the JVM's,"
                            + " or of no protocol of theirs\n",
                    result.stderr());
            List<String> refused = new ArrayList<>();
            for (Path each : recordings()) {
                CapturedFrames.of(each).stream()
                        .filter(frame -> frame.contains(" refused: "))
                        .forEach(refused::add);
            }
            String remark = " refused: not for this JVM to send";
            assertEquals(List.of("out arp" + remark, "out arp" + remark, "out other" + remark), refused);
        }
    }

    /** The program's own as ever, and that of another one beside it, to its last frame. */
    @Test
    void eachIsRecorded_inAFileOfItsOwn() throws Exception {
        Atoll atoll = new Atoll(directory);
        List<String> options =
                List.of("--link", "stream", "--pcap", atoll.path("run.pcapng").toString());
        String connect = "tcp:" + ROUTER + ":9";
        atoll.runProbe(options, "tcp:10.66.0.1:9", "jvm:" + connect).assertExit(0);
        List<Path> ofProgram = recordings();
        assertEquals(2, ofProgram.size(), ofProgram::toString);
        assertTrue(ofProgram.contains(atoll.path("run.pcapng")), ofProgram::toString);
        assertEquals(CONNECT_REFUSED, kinds(ofProgram.get(0)));

        for (Path each : ofProgram) {
            Files.delete(each);
        }
        script(atoll, options, "$java " + connect, "$java " + connect).assertExit(0);
        List<Path> ofScript = recordings();
        assertEquals(2, ofScript.size(), ofScript::toString);
        for (Path each : ofScript) {
            assertTrue(each.getFileName().toString().matches("run-\\d+\\.pcapng"), ofScript::toString);
            assertEquals(CONNECT_REFUSED, kinds(each));
        }
    }

    /** Questions may come again, and from the router. */
    private static Set<String> kinds(Path file) throws IOException {
        return Set.copyOf(CapturedFrames.of(file));
    }

    private List<Path> recordings() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".pcapng"))
                    .sorted()
                    .toList();
        }
    }

    private static List<Long> numbers(String pattern, String text) {
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .map(match -> Long.valueOf(match.group(1)))
                .toList();
    }

    private static Path rules(Atoll atoll, String target) throws IOException {
        return atoll.file(
                "egress.rules",
                "*filter",
                ":INPUT ACCEPT",
                ":OUTPUT ACCEPT",
                "-A OUTPUT -p tcp --dport 9 -j " + target,
                "COMMIT");
    }

    @Test
    void oneTooMany_doesNotStart_andSaysWhy() throws Exception {
        Result result = new Atoll(directory)
                .runProbe(List.of("--link", "none", "--max-jvms", "1"), "jvm:jvm:say:never,say:second", "jvm:say:third")
                .assertExit(0);

        assertEquals(
                List.of("jvm ended: 125", "second", "jvm ended: 0", "third", "jvm ended: 0"),
                result.stdout().lines().toList(),
                result::toString);
        assertEquals(
                "atoll: the program was not started: 1 JVMs run in this sandbox, which is the most (max-jvms)\n",
                result.stderr());
    }

    /** The door is a file, and a user's own processes have a way to it from outside. */
    @Test
    void askerFromOutside_isRefused() throws Exception {
        Atoll atoll = new Atoll(directory);
        Path status = atoll.path("status.json");
        List<String> options = List.of("--link", "none", "--status-file", status.toString());
        try (Running running = atoll.startProbe(options, "say:running", "await:" + atoll.path("enough"))) {
            running.awaitOutput("running");
            long program = Long.parseLong(Json.read(status).text("programPid"));
            long first = ProcessHandle.of(program)
                    .flatMap(ProcessHandle::parent)
                    .orElseThrow()
                    .pid();
            Path door = Path.of("/proc/" + first + "/root" + ControlRecord.DOOR);
            try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(door));
                    ControlStream control =
                            new ControlStream(Channels.newInputStream(channel), Channels.newOutputStream(channel))) {
                control.write(new ControlRecord.Hello());
                assertEquals(
                        new ControlRecord.Refused("only processes of the sandbox can have its network"),
                        control.read());
                assertNull(control.read());
            }
            atoll.file("enough");
            running.result().assertExit(0);
        }
    }

    /** A Java of which no program can be put on the network. */
    @Test
    void unknownJdk_doesNotStart_andSaysWhy() throws Exception {
        Atoll atoll = new Atoll(directory);
        Path home = Files.createDirectories(directory.resolve("jdk-11")).toRealPath();
        Path java = Files.createDirectories(home.resolve("bin")).resolve("java");
        Files.copy(Path.of(atoll.java()), java);
        Files.writeString(home.resolve("release"), "JAVA_VERSION=\"11.0.2\"\n");
        Result result = atoll.run(
                        "run",
                        "--link",
                        "none",
                        "--jdk",
                        home.toString(),
                        "--",
                        "sh",
                        "-c",
                        java + " -jar never.jar; echo $?")
                .assertExit(0);

        assertEquals("125\n", result.stdout());
        assertEquals(
                "atoll: no program was started: " + home
                        + " is JDK 11, which is not known: programs run in the sandbox on JDK 17, 21 or 25\n",
                result.stderr());
    }

    /** The same JDK in another directory; only what the JVM finds that directory by is not a link. */
    private Path moved(Path jdk) throws IOException {
        Path home = Files.createDirectory(directory.resolve("jdk")).toRealPath();
        link(home, jdk);
        for (String each : List.of("bin", "lib", "lib/server")) {
            Files.delete(home.resolve(each));
            link(Files.createDirectory(home.resolve(each)), jdk.resolve(each));
        }
        for (String each : List.of("bin/java", "lib/server/libjvm.so")) {
            Files.copy(jdk.resolve(each).toRealPath(), home.resolve(each), StandardCopyOption.REPLACE_EXISTING);
        }
        return home;
    }

    /** Makes a link to each that is in a directory. */
    private static void link(Path in, Path to) throws IOException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(to)) {
            for (Path each : entries) {
                Files.createSymbolicLink(in.resolve(each.getFileName()), each);
            }
        }
    }

    @Test
    void jdkOfTheLauncher_needsNoName() throws Exception {
        Atoll atoll = new Atoll(directory).on(moved(Jdks.require(17)));
        Result result = script(atoll, List.of("--link", "stream"), "$java home addresses:eth0")
                .assertExit(0);
        String home = atoll.path("jdk").toRealPath().toString();
        assertEquals(
                List.of("home=" + home + " " + home + "/bin/java", "addresses:eth0= " + FIRST_SHARED + "/25 "),
                result.stdout().lines().toList());
        assertEquals("", result.stderr());
    }

    /** As many overlays over its {@code bin} as the kernel lets be. */
    @ParameterizedTest
    @MethodSource("jdks")
    void jdkWithoutOverlay_isLeftAsItIs_ifNobodyNamedIt(int feature) throws Exception {
        Needs.root();
        Path jdk = Jdks.require(feature);
        Path home = moved(jdk);
        Path java = home.resolve("bin/java");
        Path layers = Files.createDirectory(directory.resolve("layers"));
        String deep = "mount -t tmpfs none $0; cd $0; for i in 1 2 3 4; do mkdir $i $i/u $i/w;"
                + " mount -t overlay none -o lowerdir=$1,upperdir=$0/$i/u,workdir=$0/$i/w $1 2>/dev/null || break;"
                + " done; shift; exec \"$@\"";
        Atoll atoll = new Atoll(directory)
                .on(jdk)
                .behind(List.of(
                        "unshare",
                        "--mount",
                        "sh",
                        "-c",
                        deep,
                        layers.toString(),
                        home.resolve("bin").toString()))
                .environment("JAVA_HOME", home.toString());
        String connect = java + " -cp " + Atoll.CLASSES + " " + Probe.class.getName() + " tcp:" + ROUTER + ":9";

        Result left = script(atoll, List.of("--link", "stream"), connect, "$java tcp:" + ROUTER + ":9")
                .assertExit(0);
        List<String> answers = left.stdout().lines().toList();
        assertTrue(answers.get(0).contains("Network is unreachable"), left::toString);
        assertTrue(answers.get(1).contains("Connection refused"), left::toString);
        assertTrue(
                left.stderr()
                        .matches("atoll: no overlay for bin of " + home
                                + ": (?!mount does not say).+; JVMs of that Java have loopback alone\n"),
                left::toString);

        Result refused = script(atoll, List.of("--link", "stream", "--jdk", home.toString()), "echo never")
                .assertExit(121);
        assertTrue(
                refused.stderr().startsWith("atoll: the sandbox cannot be made: mount: " + home + "/bin: "),
                refused::toString);
        Result own = atoll.run("run", "--link", "stream", "--", java.toString(), "-version")
                .assertExit(121);
        assertTrue(own.stderr().contains("mount: " + home + "/bin: "), own::toString);
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void otherAgents_comeBehind_andWhatRunsNothingHasNone(int feature) throws Exception {
        Path jdk = Jdks.require(feature);
        String agent = "-javaagent:" + new ProgramForms(directory.resolve("forms")).earlyAgent();
        Result result = script(
                        new Atoll(directory).on(jdk),
                        List.of("--link", "stream", "--address", "10.66.0.2/30", "--max-jvms", "1"),
                        "export JDK_JAVA_OPTIONS='" + agent + "'",
                        "$java environment:JDK_JAVA_OPTIONS",
                        "unset JDK_JAVA_OPTIONS",
                        jdk + "/bin/java -version",
                        jdk + "/bin/keytool -help")
                .assertExit(0);

        assertTrue(result.stdout().startsWith("early agent: eth0, "), result::toString);
        assertTrue(
                result.stdout().contains("environment:JDK_JAVA_OPTIONS=" + agent + ", to children " + agent + "\n"),
                result::toString);
        assertTrue(result.stderr().contains(feature + "."), result::toString);
        assertTrue(result.stderr().contains("keytool"), result::toString);
    }
}
