package dev.atoll.shim.agent;

import dev.atoll.bridge.Doors;
import dev.atoll.hooks.Installer;
import dev.atoll.shim.Shim;
import dev.atoll.stack.socket.Endpoint;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.platform.commons.JUnitException;
import org.objectweb.asm.ClassReader;
import org.opentest4j.AssertionFailedError;

/** Starts JVMs with the test agent. */
final class ChildJvm {
    private static final Path DIRECTORY = Path.of("target", "test-agent").toAbsolutePath();
    private static final long TIMEOUT_SECONDS = 300;

    private ChildJvm() {}

    record Result(int exitCode, String out, String err) {}

    /** Under the hooks. */
    static Result run(Path jdk, Class<?> program, List<String> vmOptions, String... arguments)
            throws IOException, InterruptedException {
        List<String> options = new ArrayList<>();
        options.add(agentOption());
        options.addAll(vmOptions);
        return runPlain(jdk, program, options, arguments);
    }

    /** Under the hooks, with a connection to a port of this host as standard input. */
    static Result runInherited(Path jdk, Class<?> program, int port) throws IOException, InterruptedException {
        List<String> prefix = List.of("bash", "-c", "exec \"$@\" 0<>/dev/tcp/127.0.0.1/" + port, "bash");
        return start(prefix, jdk, program, List.of(agentOption()));
    }

    /** Without the agent. */
    static Result runPlain(Path jdk, Class<?> program, List<String> vmOptions, String... arguments)
            throws IOException, InterruptedException {
        return start(List.of(), jdk, program, vmOptions, arguments);
    }

    private static String agentOption() throws IOException {
        return "-javaagent:" + agentJar() + "=" + String.join(File.pathSeparator, insidePath());
    }

    private static Result start(
            List<String> prefix, Path jdk, Class<?> program, List<String> vmOptions, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(prefix);
        command.add(jdk.resolve("bin/java").toString());
        command.addAll(vmOptions);
        command.add("-cp");
        command.add(Stream.of(program, Test.class, AssertionFailedError.class, JUnitException.class)
                .map(ChildJvm::locationOf)
                .map(Path::toString)
                .distinct()
                .collect(Collectors.joining(File.pathSeparator)));
        command.add(program.getName());
        command.addAll(List.of(arguments));
        Path out = Files.createTempFile("child", ".out");
        Path err = Files.createTempFile("child", ".err");
        try {
            Process process = new ProcessBuilder(command)
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile())
                    .start();
            if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
                throw new AssertionError("the child did not end: " + Files.readString(out) + Files.readString(err));
            }
            return new Result(process.exitValue(), Files.readString(out), Files.readString(err));
        } finally {
            Files.delete(out);
            Files.delete(err);
        }
    }

    private static List<String> insidePath() {
        return Stream.of(Installer.class, ClassReader.class, Shim.class, Endpoint.class, Inside.class)
                .map(ChildJvm::locationOf)
                .map(Path::toString)
                .distinct()
                .toList();
    }

    private static Path locationOf(Class<?> type) {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().getPath());
    }

    /** The agent's jar, with the bridge beside it as its boot class path. */
    private static synchronized Path agentJar() throws IOException {
        Path agent = DIRECTORY.resolve("agent.jar");
        if (!Files.exists(agent) || isOlder(agent)) {
            Files.createDirectories(DIRECTORY);
            writeJar(DIRECTORY.resolve("bridge.jar"), new Manifest(), locationOf(Doors.class), "dev/atoll/bridge");
            Manifest manifest = new Manifest();
            Attributes main = manifest.getMainAttributes();
            main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
            main.putValue("Premain-Class", TestAgent.class.getName());
            main.putValue("Can-Retransform-Classes", "true");
            main.putValue("Boot-Class-Path", "bridge.jar");
            writeJar(
                    agent,
                    manifest,
                    locationOf(TestAgent.class),
                    TestAgent.class.getName().replace('.', '/') + ".class");
        }
        return agent;
    }

    /** Jars of an earlier run do not count. */
    private static boolean isOlder(Path jar) throws IOException {
        long started =
                ProcessHandle.current().info().startInstant().orElseThrow().toEpochMilli();
        return Files.getLastModifiedTime(jar).toMillis() < started;
    }

    private static void writeJar(Path jar, Manifest manifest, Path from, String under) throws IOException {
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream entries = new JarOutputStream(file, manifest)) {
            if (Files.isDirectory(from)) {
                try (Stream<Path> files = Files.walk(from.resolve(under))) {
                    for (Path each : files.filter(Files::isRegularFile).sorted().toList()) {
                        entries.putNextEntry(new JarEntry(from.relativize(each).toString()));
                        Files.copy(each, entries);
                    }
                }
            } else {
                copyFromJar(from, under, entries);
            }
        }
    }

    private static void copyFromJar(Path from, String under, JarOutputStream entries) throws IOException {
        try (java.util.jar.JarFile source = new java.util.jar.JarFile(from.toFile())) {
            for (JarEntry each : source.stream().toList()) {
                if (each.getName().startsWith(under) && !each.isDirectory()) {
                    entries.putNextEntry(new JarEntry(each.getName()));
                    try (InputStream bytes = source.getInputStream(each)) {
                        bytes.transferTo(entries);
                    }
                }
            }
        }
    }
}
