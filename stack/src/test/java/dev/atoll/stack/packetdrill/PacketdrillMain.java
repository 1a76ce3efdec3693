package dev.atoll.stack.packetdrill;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Runs the scripts given as files or folders; a line each, and a closing line with the counts. */
public final class PacketdrillMain {
    private PacketdrillMain() {}

    // The output of a command-line tool goes to stdout.
    @SuppressWarnings("SystemOut")
    public static void main(String[] arguments) throws IOException {
        int passed = 0;
        int failed = 0;
        int skipped = 0;
        for (Path file : scripts(arguments)) {
            ScriptResult result = ScriptRunner.run(file.toString(), read(file), /* strictAtEnd= */ false);
            if (result instanceof ScriptResult.Failed failure) {
                failed++;
                System.out.println("FAIL " + failure.message());
            } else if (result instanceof ScriptResult.Skipped skip) {
                skipped++;
                System.out.println("SKIP " + file + ": " + skip.reason());
            } else {
                passed++;
                System.out.println("PASS " + file);
            }
        }
        System.out.println(passed + " passed, " + failed + " failed, " + skipped + " skipped");
        System.exit(failed == 0 ? 0 : 1);
    }

    /** Files as given, and all {@code .pkt} files below folders, sorted. */
    static List<Path> scripts(String... arguments) throws IOException {
        List<Path> scripts = new ArrayList<>();
        for (String argument : arguments) {
            try (Stream<Path> below = Files.walk(Path.of(argument))) {
                below.filter(Files::isRegularFile)
                        .filter(file -> file.toString().endsWith(".pkt"))
                        .sorted()
                        .forEach(scripts::add);
            }
        }
        return scripts;
    }

    static String read(Path script) throws IOException {
        return Files.readString(script, StandardCharsets.UTF_8);
    }
}
