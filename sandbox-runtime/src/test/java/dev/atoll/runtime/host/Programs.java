package dev.atoll.runtime.host;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Programs of the host that tests ask for a second opinion. */
public final class Programs {
    private Programs() {}

    public static boolean isInstalled(String program) {
        for (String folder : String.valueOf(System.getenv("PATH")).split(":", -1)) {
            if (Files.isExecutable(Path.of(folder, program))) {
                return true;
            }
        }
        return false;
    }

    /** Runs a program whose words have no blanks in them; see {@link #run(List)}. */
    public static String run(String commandLine) throws IOException, InterruptedException {
        return run(List.of(commandLine.split(" ", -1)));
    }

    /** Runs a program that must succeed and returns what it printed on its standard output. */
    public static String run(List<String> command) throws IOException, InterruptedException {
        Path errors = Files.createTempFile("program", ".stderr");
        try {
            Process process =
                    new ProcessBuilder(command).redirectError(errors.toFile()).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int exit = process.waitFor();
            if (exit != 0) {
                throw new AssertionError(command + " ended with " + exit + ": " + Files.readString(errors));
            }
            return output;
        } finally {
            Files.delete(errors);
        }
    }
}
