package dev.atoll.launcher.jar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.launcher.jar.Atoll.Running;
import dev.atoll.testing.Jdks;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import one.profiler.AsyncProfiler;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The JDK's tools of the host on a program in a sandbox, by the process id of the status file. */
@Tag("jar")
@Timeout(300)
class ToolsTest {
    private static final long LIMIT_S = 60;

    @TempDir
    Path directory;

    static List<Integer> jdks() {
        return Jdks.tested();
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void tools_seeTheProgramFromOutside(int feature) throws Exception {
        Needs.namespaces();
        use(new Atoll(directory), List.of(), Jdks.require(feature));
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void tools_asOrdinaryUser_seeTheProgramFromOutside(int feature) throws Exception {
        Atoll atoll = new Atoll(directory).asOrdinaryUser();
        use(atoll, Needs.isRoot() ? Atoll.AS_NOBODY : List.of(), Jdks.require(feature));
    }

    private void use(Atoll atoll, List<String> user, Path jdk) throws Exception {
        Path status = atoll.path("status.json");
        Path enough = atoll.path("enough");
        Path recording = atoll.path("recording.jfr");
        atoll.on(jdk);
        try (Running running = atoll.startProbe(
                List.of("--link", "stream", "--status-file", status.toString()), "say:begun", "await:" + enough)) {
            running.awaitOutput("begun");
            String pid = Json.await(status).text("programPid");
            Path bin = jdk.resolve("bin");

            assertTrue(tool(user, bin, "jcmd", pid, "VM.version").contains("OpenJDK"), "jcmd");
            String threads = tool(user, bin, "jstack", pid);
            assertTrue(threads.contains("\"main\""), threads);
            assertTrue(threads.contains("at " + AwaitedFile.class.getName() + ".await("), threads);
            assertTrue(threads.contains("\"atoll-loop\""), threads);
            // As from anywhere: an agent of the JDK's is loaded that prints what it was asked for.
            assertTrue(tool(user, bin, "jinfo", "-sysprops", pid).contains("java.class.path="), "jinfo");

            assertTrue(tool(user, bin, "jcmd", pid, "JFR.start", "name=island").contains("Started recording"), "JFR");
            String dumped = tool(user, bin, "jcmd", pid, "JFR.dump", "name=island", "filename=" + recording);
            assertTrue(dumped.contains("Dumped recording"), dumped);
            String events = tool(user, bin, "jfr", "summary", recording.toString());
            assertTrue(events.contains("jdk.JVMInformation"), events);

            assertTrue(tool(user, bin, "jstat", "-gc", pid).contains("YGC"), "jstat");

            String profiler = profiler(atoll).toString();
            Path profile = atoll.path("profile.txt");
            profile(user, bin, pid, profiler, "start,event=wall,interval=1ms");
            String stacks;
            do {
                // Nothing tells that a thread was sampled; it waits all the time.
                profile(user, bin, pid, profiler, "dump,collapsed,file=" + profile);
                stacks = tool(user, Path.of("/bin"), "cat", profile.toString());
            } while (!stacks.contains(AwaitedFile.class.getName().replace('.', '/') + ".await;"));
            profile(user, bin, pid, profiler, "stop");

            Files.createFile(enough);
            assertEquals("begun", running.result().assertExit(0).line("begun"));
        }
    }

    /** Has a native agent loaded into the JVM by the tools of the JDK. */
    private static void profile(List<String> user, Path bin, String pid, String library, String command)
            throws Exception {
        String said = tool(user, bin, "jcmd", pid, "JVMTI.agent_load", library, '"' + command + '"');
        assertTrue(said.contains("return code: 0"), said);
    }

    /** The library of async-profiler, where every user can read it. */
    private static Path profiler(Atoll atoll) throws IOException {
        String platform = System.getProperty("os.arch").equals("aarch64") ? "linux-arm64" : "linux-x64";
        Path library = atoll.path("libasyncProfiler.so");
        try (InputStream in = Objects.requireNonNull(
                AsyncProfiler.class.getResourceAsStream("/" + platform + "/libasyncProfiler.so"))) {
            Files.copy(in, library);
        }
        return library;
    }

    /** The JVM's own agent for JMX, which it starts behind Atoll's, over the link. */
    @ParameterizedTest
    @MethodSource("jdks")
    void jmx_ofTheHost_connectsOverTheLink(int feature) throws Exception {
        Path jdk = Jdks.require(feature);
        Needs.tap();
        try (HostSide host = new HostSide()) {
            Atoll atoll = new Atoll(directory)
                    .behind(host.prefix())
                    .on(jdk)
                    .programOption("-Dcom.sun.management.jmxremote.port=9999")
                    .programOption("-Dcom.sun.management.jmxremote.rmi.port=9999")
                    .programOption("-Dcom.sun.management.jmxremote.authenticate=false")
                    .programOption("-Dcom.sun.management.jmxremote.ssl=false")
                    .programOption("-Djava.rmi.server.hostname=10.9.8.7");
            Path enough = atoll.path("enough");
            try (Running running = atoll.startProbe(
                    List.of("--link", "tap", "--address", "10.9.8.7/24"), "say:begun", "await:" + enough)) {
                running.awaitOutput("begun");
                List<String> client = new ArrayList<>(host.prefix());
                client.addAll(List.of(
                        jdk.resolve("bin/java").toString(),
                        "-cp",
                        Atoll.CLASSES.toString(),
                        Probe.class.getName(),
                        "jmx:10.9.8.7:9999"));
                String said = output(client);
                assertTrue(said.matches("jmx:10\\.9\\.8\\.7:9999=\\d+@.* \\[\\d+ ms]\n"), said);
                Files.createFile(enough);
                running.result().assertExit(0);
            }
        }
    }

    private static String tool(List<String> user, Path bin, String name, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(user);
        command.add(bin.resolve(name).toString());
        command.addAll(Arrays.asList(arguments));
        return output(command);
    }

    private static String output(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(LIMIT_S, TimeUnit.SECONDS), () -> "ends in time: " + String.join(" ", command));
        assertEquals(0, process.exitValue(), () -> String.join(" ", command) + ": " + output);
        return output;
    }
}
