package dev.atoll.launcher.jar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Starts {@code atoll.jar} as users do, and collects what it writes and how it ends. What a method sets is for the runs
 * after it. One thread.
 */
final class Atoll {
    static final Path JAR = Path.of("target/atoll.jar").toAbsolutePath();

    /** Where {@link Probe} is. */
    static final Path CLASSES = Path.of("target/test-classes").toAbsolutePath();

    /** The prefix with which root becomes an ordinary user. */
    static final List<String> AS_NOBODY =
            List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=-all");

    private static final int LIMIT_S = 90;

    private final Path directory;
    private final List<String> prefix = new ArrayList<>();
    private final List<String> launcherOptions = new ArrayList<>();
    private final List<String> programOptions = new ArrayList<>();
    private final Map<String, String> environment = new LinkedHashMap<>();
    private Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    private byte[] input = new byte[0];
    private int runs;

    /** Works in that directory, which every user may write to from here. */
    Atoll(Path directory) throws IOException {
        this.directory = directory;
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
        // The configuration of whoever runs the tests is not the tests'.
        environment.put("XDG_CONFIG_HOME", directory.resolve("config-home").toString());
    }

    /** How a run ended. */
    record Result(int exitCode, ByteBuffer output, String stderr) {
        /** What the program has written to stdout. */
        String stdout() {
            return StandardCharsets.UTF_8.decode(output.duplicate()).toString();
        }

        /** The line of stdout that begins so. */
        String line(String start) {
            return stdout().lines()
                    .filter(line -> line.startsWith(start))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("no line \"" + start + "\" in " + this));
        }

        /** Lines of stderr that are not Atoll's; the JVM's own remarks are none. */
        List<String> foreignLines() {
            return stderr.lines().filter(line -> !line.startsWith("atoll: ")).toList();
        }

        Result assertExit(int expected) {
            assertEquals(expected, exitCode, this::toString);
            return this;
        }

        @Override
        public String toString() {
            return "exit code " + exitCode + "\n--- stdout\n" + stdout() + "--- stderr\n" + stderr;
        }
    }

    /** Puts a command before {@code java}. */
    Atoll behind(List<String> command) {
        prefix.addAll(command);
        return this;
    }

    /** Without privileges, also where the tests have them. */
    Atoll asOrdinaryUser() {
        Needs.ordinaryUser();
        return Needs.isRoot() ? behind(AS_NOBODY) : this;
    }

    /** An option of the launcher's JVM. */
    Atoll launcherOption(String option) {
        launcherOptions.add(option);
        return this;
    }

    /** An option of the JVM of {@link Probe}. */
    Atoll programOption(String option) {
        programOptions.add(option);
        return this;
    }

    /** The JDK that the launcher and the program run on. */
    Atoll on(Path javaHome) {
        java = javaHome.resolve("bin/java");
        return this;
    }

    Atoll environment(String name, String value) {
        environment.put(name, value);
        return this;
    }

    /** What the program reads from stdin, which ends with it. */
    Atoll input(byte[] bytes) {
        input = bytes.clone();
        return this;
    }

    /** A file in the working directory. */
    Path file(String name, String... lines) throws IOException {
        return Files.write(directory.resolve(name), Arrays.asList(lines));
    }

    Path path(String name) {
        return directory.resolve(name);
    }

    /** The program {@code java} of the JDK. */
    String java() {
        return java.toString();
    }

    /** The words of a command that runs {@link Probe}. */
    List<String> probe(String... commands) {
        List<String> words = new ArrayList<>(
                List.of(java.toString(), "-XX:TieredStopAtLevel=1", "--add-opens=java.base/java.io=ALL-UNNAMED"));
        words.addAll(programOptions);
        words.addAll(List.of("-cp", CLASSES.toString(), Probe.class.getName()));
        words.addAll(Arrays.asList(commands));
        return words;
    }

    /** {@code run OPTIONS -- java Probe COMMANDS}. */
    Result runProbe(List<String> options, String... commands) throws IOException, InterruptedException {
        return startProbe(options, commands).result();
    }

    /** As {@link #runProbe}, and goes on while it runs. */
    Running startProbe(List<String> options, String... commands) throws IOException {
        List<String> words = new ArrayList<>(List.of("run"));
        words.addAll(options);
        words.add("--");
        words.addAll(probe(commands));
        return start(words);
    }

    /** {@code java -jar atoll.jar WORDS}. */
    Result run(String... words) throws IOException, InterruptedException {
        return start(Arrays.asList(words)).result();
    }

    Running start(List<String> words) throws IOException {
        return startCommand(commandLine(words));
    }

    /** The whole command. */
    List<String> commandLine(List<String> words) {
        List<String> command = new ArrayList<>(prefix);
        command.add(java.toString());
        command.add("-XX:TieredStopAtLevel=1");
        command.addAll(launcherOptions);
        command.addAll(List.of("-jar", JAR.toString()));
        command.addAll(words);
        return command;
    }

    /** Any command in the same surroundings. */
    Running startCommand(List<String> command) throws IOException {
        runs++;
        Path stdout = directory.resolve("stdout-" + runs);
        Path stderr = directory.resolve("stderr-" + runs);
        Path stdin = Files.write(directory.resolve("stdin-" + runs), input);
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectInput(stdin.toFile())
                .redirectOutput(stdout.toFile())
                .redirectError(stderr.toFile());
        builder.environment().putAll(environment);
        return new Running(builder.start(), stdout, stderr);
    }

    /** A run that goes on; ended by {@link #result} or {@link #close}. */
    static final class Running implements AutoCloseable {
        private final Process process;
        private final Path stdout;
        private final Path stderr;
        private @Nullable Result result;

        Running(Process process, Path stdout, Path stderr) {
            this.process = process;
            this.stdout = stdout;
            this.stderr = stderr;
        }

        long pid() {
            return process.pid();
        }

        boolean isAlive() {
            return process.isAlive();
        }

        /** Waits until the program has printed that. */
        Running awaitOutput(String text) throws IOException, InterruptedException {
            long start = System.nanoTime();
            while (!Files.readString(stdout).contains(text)) {
                assertTrue(process.isAlive(), () -> "ended before it said \"" + text + "\": " + soFar());
                assertTrue(
                        System.nanoTime() - start < TimeUnit.SECONDS.toNanos(LIMIT_S),
                        () -> "did not say \"" + text + "\" in time: " + soFar());
                Thread.sleep(10);
            }
            return this;
        }

        /** Waits until stderr has that. */
        Running awaitError(String text) throws IOException, InterruptedException {
            long start = System.nanoTime();
            while (!Files.readString(stderr).contains(text)) {
                assertTrue(
                        process.isAlive() && System.nanoTime() - start < TimeUnit.SECONDS.toNanos(LIMIT_S),
                        () -> "\"" + text + "\" did not come on stderr: " + soFar());
                Thread.sleep(10);
            }
            return this;
        }

        /** Sends the launcher a signal. */
        Running signal(String name) {
            assertTrue(Needs.succeeds("kill", "-" + name, Long.toString(process.pid())), "the launcher runs");
            return this;
        }

        /** Waits for the end. */
        Result result() throws IOException, InterruptedException {
            Result known = result;
            if (known != null) {
                return known;
            }
            try {
                assertTrue(process.waitFor(LIMIT_S, TimeUnit.SECONDS), () -> "ends in time: " + soFar());
                ByteBuffer output = ByteBuffer.wrap(Files.readAllBytes(stdout));
                known = new Result(process.exitValue(), output, Files.readString(stderr));
                result = known;
                return known;
            } finally {
                close();
            }
        }

        String soFar() {
            try {
                return Files.readString(stdout) + "--- stderr\n" + Files.readString(stderr);
            } catch (IOException e) {
                return e.toString();
            }
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }
}
