package dev.atoll.stack.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.atoll.stack.Stack;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullMarked;

/**
 * A bug planted in one class of the stack: its source with one place changed, compiled into a folder that a child JVM
 * has on its class path before the real classes. See decision record 0501.
 *
 * @param sourceFile below the stack's own package
 * @param original text that occurs there once
 */
record Mutation(String name, String sourceFile, String original, String replacement) {
    private static final Path SOURCES = Path.of("src", "main", "java", "dev", "atoll", "stack");
    private static final long TIME_LIMIT_MINUTES = 5;

    /** How a child process ended. */
    record Exit(int status, String output) {}

    /** Compiles the changed class into {@code folder}. */
    void plant(Path folder) throws IOException, InterruptedException {
        Path real = module().resolve(SOURCES).resolve(sourceFile);
        String source = Files.readString(real);
        int places = (source.length() - source.replace(original, "").length()) / original.length();
        assertEquals(
                1,
                places,
                () -> sourceFile + " has no, or no unique, \"" + original + "\": give the mutation a new place");
        Path changed = Files.createDirectories(folder.resolve("source"))
                .resolve(real.getFileName().toString());
        Files.writeString(changed, source.replace(original, replacement));
        Path jspecify = Path.of(NullMarked.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .getPath());
        Exit compiled = execute(
                javaHome("javac"),
                "-proc:none",
                "-implicit:none",
                "-d",
                folder.toString(),
                "-cp",
                classes() + ":" + jspecify,
                changed.toString());
        assertEquals(0, compiled.status, compiled::output);
    }

    /** Runs the simulation of some seeds with the classes in {@code folder} before the real ones. */
    static Exit simulate(Path folder, long from, long to) throws IOException, InterruptedException {
        String classPath = folder + ":" + classes() + ":" + module().resolve("target/test-classes");
        return execute(
                javaHome("java"),
                "-ea",
                "-cp",
                classPath,
                SimulationMain.class.getName(),
                Long.toString(from),
                Long.toString(to),
                "first");
    }

    private static Path classes() {
        return Path.of(
                Stack.class.getProtectionDomain().getCodeSource().getLocation().getPath());
    }

    /** The folder of this Maven module: above target/classes. */
    private static Path module() {
        Path module = classes().resolve("../..").normalize();
        assertEquals(true, Files.isDirectory(module.resolve(SOURCES)), () -> module + " is not the module's folder");
        return module;
    }

    private static String javaHome(String tool) {
        return Path.of(System.getProperty("java.home"), "bin", tool).toString();
    }

    private static Exit execute(String... command) throws IOException, InterruptedException {
        Path output = Files.createTempFile("atoll-mutation", ".txt");
        Process process = new ProcessBuilder(new ArrayList<>(List.of(command)))
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            boolean ended = process.waitFor(TIME_LIMIT_MINUTES, TimeUnit.MINUTES);
            String text = Files.readString(output);
            return ended ? new Exit(process.exitValue(), text) : new Exit(-1, "no end in time\n" + text);
        } finally {
            process.destroyForcibly();
            Files.delete(output);
        }
    }
}
