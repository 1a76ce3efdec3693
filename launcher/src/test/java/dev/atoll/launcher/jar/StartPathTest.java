package dev.atoll.launcher.jar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.launcher.jar.Atoll.Result;
import dev.atoll.testing.Jdks;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What may not be on the way to a program's {@code main}, by the JVM's own log of the classes it loads. How long a start
 * takes {@code .ci/startup} measures; this finds what made it long before (decision 0620).
 */
class StartPathTest extends JarTest {
    /** Binds what javac makes for a record's equals, hashCode or toString, and has the JVM write fifty classes for it. */
    private static final String RECORD_METHODS = "java.lang.runtime.ObjectMethods ";

    @ParameterizedTest
    @MethodSource("jdks")
    void toMain_loadsNothingThatAStartShouldNotPayFor(int feature) throws Exception {
        Path jdk = Jdks.require(feature);
        Path inLauncher = directory.resolve("launcher.log");
        Path inProgram = directory.resolve("program.log");
        Atoll atoll = new Atoll(directory).on(jdk).launcherOption(log(inLauncher));
        Path rules = atoll.file(
                "start.rules",
                "*filter",
                "-A INPUT -i lo -j ACCEPT",
                "-A OUTPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT",
                "-A OUTPUT -p tcp -d 192.0.2.0/24 --dport 443 -j ACCEPT",
                "-A OUTPUT -p udp --dport 53 -j DROP",
                "-A OUTPUT -j REJECT --reject-with icmp-admin-prohibited",
                "COMMIT");
        List<String> words = new ArrayList<>(List.of("run", "--link", "stream", "--policy", rules.toString(), "--"));
        List<String> probe = atoll.probe("say:main");
        probe.add(1, log(inProgram));
        words.addAll(probe);
        Result result = atoll.start(words).result().assertExit(0);
        assertEquals("main\n", result.stdout());

        List<String> launcher = Files.readAllLines(inLauncher);
        assertTrue(has(launcher, "com.beust.jcommander.JCommander "), "the log is of the launcher");
        assertEquals(List.of(), of(launcher, RECORD_METHODS));

        List<String> program = Files.readAllLines(inProgram);
        int main = indexOf(program, Probe.class.getName() + " ");
        assertTrue(main > 0, "the log is of the program");
        List<String> toMain = program.subList(0, main);
        assertTrue(has(toMain, "atoll.boot.inside.Inside "), "the stack is up before main");
        assertEquals(List.of(), of(toMain, RECORD_METHODS));
        assertEquals(List.of(), ownLambdas(toMain));
        assertEquals(List.of(), of(program, "dev.atoll.stack"), "the program's own names stay the program's");
    }

    private static List<String> ownLambdas(List<String> lines) {
        return of(lines, "$$Lambda").stream()
                .filter(line -> line.contains("atoll.boot."))
                .toList();
    }

    private static String log(Path file) {
        return "-Xlog:class+load:file=" + file + "::filecount=0";
    }

    private static int indexOf(List<String> lines, String text) {
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).contains(text)) {
                return i;
            }
        }
        return -1;
    }

    private static boolean has(List<String> lines, String text) {
        return indexOf(lines, text) >= 0;
    }

    private static List<String> of(List<String> lines, String text) {
        return lines.stream().filter(line -> line.contains(text)).toList();
    }
}
