package dev.atoll.launcher.jar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.launcher.jar.Atoll.Result;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Programs with agents of their own, wherever these are named: Atoll's comes first. */
class OtherAgentsTest extends JarTest {
    private static final Path OPEN_TELEMETRY = ProgramForms.programs("opentelemetry-javaagent.jar");
    private static final String SERVER = "tcp:10.66.0.1:80";

    @ParameterizedTest
    @MethodSource("jdks")
    void openTelemetry_onTheCommandLine(int feature) throws Exception {
        List<String> words = new ArrayList<>(List.of("-javaagent:" + OPEN_TELEMETRY));
        words.addAll(probe("say:first", SERVER, "say:last"));
        Result result = run(telemetry(feature), words).assertExit(0);

        assertPrograms(result);
        assertEquals(List.of(), unexpected(result));
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void openTelemetry_inJavaToolOptions(int feature) throws Exception {
        String named = "-javaagent:" + OPEN_TELEMETRY;
        Atoll atoll = telemetry(feature).environment("JAVA_TOOL_OPTIONS", named);
        Result result = run(atoll, probe("say:first", SERVER, "say:last")).assertExit(0);

        assertPrograms(result);
        assertEquals(
                List.of(
                        // To the launcher and to the program.
                        "Picked up JAVA_TOOL_OPTIONS: " + named,
                        "Picked up JAVA_TOOL_OPTIONS: -javaagent:/etc/atoll/agent.jar=JAVA_TOOL_OPTIONS " + named),
                unexpected(result));
    }

    /** An agent that is first to ask for the network decides what the JVM remembers of it for good. */
    @ParameterizedTest
    @MethodSource("jdks")
    void agentThatUsesTheNetworkAtOnce_inEitherVariable_findsTheSandboxs(int feature) throws Exception {
        String agent = "-javaagent:" + new ProgramForms(directory.resolve("forms")).earlyAgent();
        for (String variable : List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS")) {
            Atoll atoll = atollOn(feature).environment(variable, agent);
            List<String> words = probe("say:first", SERVER, "environment:" + variable, "say:last");
            Result result = run(atoll, words).assertExit(0);

            String stdout = result.stdout();
            assertTrue(
                    stdout.startsWith("early agent: eth0, java.net.ConnectException: Connection refused\nfirst\n"),
                    result::toString);
            assertTrue(stdout.contains(SERVER + "=HTTP/1.1 200 OK\r\n"), result::toString);
            assertTrue(
                    stdout.endsWith("\nenvironment:" + variable + "=" + agent + ", to children " + agent + "\nlast\n"),
                    result::toString);
        }
    }

    /** As Mockito does it, and whatever else is an agent and is not asked for on the command line. */
    @ParameterizedTest
    @MethodSource("jdks")
    void agentThatTheProgramLoadsIntoItself_findsTheSandboxs(int feature) throws Exception {
        Path agent = new ProgramForms(directory.resolve("forms")).earlyAgent();
        List<String> words = new ArrayList<>(List.of("-Djdk.attach.allowAttachSelf=true"));
        words.addAll(probe("attach:" + agent, "say:last"));
        Result result = run(atollOn(feature), words).assertExit(0);

        assertEquals(
                "late agent: eth0, java.net.ConnectException: Connection refused\nattach:" + agent + "=loaded\nlast\n",
                result.stdout());
    }

    /** As programs have it that start themselves again with the options they were started with. */
    @ParameterizedTest
    @MethodSource("jdks")
    void atollsOwn_namedTwice_isStartedOnce(int feature) throws Exception {
        List<String> words = new ArrayList<>(List.of("-javaagent:/etc/atoll/agent.jar"));
        words.addAll(probe("say:first", SERVER, "say:last"));
        Result result = run(atollOn(feature), words).assertExit(0);

        assertPrograms(result);
        assertEquals("", result.stderr());
    }

    /** Without a collector to send to. */
    private Atoll telemetry(int feature) throws Exception {
        return atollOn(feature)
                .environment("OTEL_TRACES_EXPORTER", "none")
                .environment("OTEL_METRICS_EXPORTER", "none")
                .environment("OTEL_LOGS_EXPORTER", "none");
    }

    /** The lines of stderr that OpenTelemetry does not cause without Atoll. */
    private static List<String> unexpected(Result result) {
        return result.stderr()
                .lines()
                .filter(line -> !line.startsWith("[otel.javaagent "))
                .filter(line -> !line.endsWith("because bootstrap classpath has been appended"))
                .toList();
    }

    private static List<String> probe(String... commands) {
        List<String> words = new ArrayList<>(List.of("-cp", Atoll.CLASSES.toString(), Probe.class.getName()));
        words.addAll(List.of(commands));
        return words;
    }

    private static Result run(Atoll atoll, List<String> words) throws Exception {
        List<String> command = new ArrayList<>(List.of("run", "--link", "demo", "--", atoll.java()));
        command.addAll(words);
        return atoll.start(command).result();
    }

    private static void assertPrograms(Result result) {
        assertTrue(result.stdout().startsWith("first\n" + SERVER + "=HTTP/1.1 200 OK\r\n"), result::toString);
        assertTrue(result.stdout().endsWith(" ms]\nlast\n"), result::toString);
    }
}
