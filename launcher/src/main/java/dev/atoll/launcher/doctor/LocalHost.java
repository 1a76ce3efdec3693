package dev.atoll.launcher.doctor;

import dev.atoll.launcher.start.Tools;
import dev.atoll.launcher.start.Tools.Tool;
import dev.atoll.launcher.sys.Libc;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/** The host that this process runs on. Used by one thread. */
final class LocalHost implements Host {
    private static final int MAX_OUTPUT_BYTES = 64 * 1024;
    private static final int MAX_LINES = 10_000;

    /** For a whole sandbox on a busy machine; a tool that says its version needs a thousandth of it. */
    private static final long LIMIT_SECONDS = 60;

    private final Tools tools;

    /**
     * @param environment whose PATH has the start chain's tools
     */
    LocalHost(Map<String, String> environment) {
        this.tools = new Tools(environment.getOrDefault("PATH", ""));
    }

    @Override
    public Optional<String> read(String file) {
        // By lines: files of /proc have no size that could be relied on.
        try (BufferedReader reader = Files.newBufferedReader(Path.of(file), StandardCharsets.ISO_8859_1)) {
            return Optional.of(reader.lines()
                    .limit(MAX_LINES)
                    .collect(Collectors.joining("\n"))
                    .strip());
        } catch (IOException | RuntimeException e) {
            return Optional.empty();
        }
    }

    @Override
    public Optional<String> linkTarget(String link) {
        try {
            return Optional.of(Files.readSymbolicLink(Path.of(link)).toString());
        } catch (IOException | RuntimeException e) {
            return Optional.empty();
        }
    }

    @Override
    public Optional<String> find(Tool tool) {
        return tools.find(tool).map(Path::toString);
    }

    @Override
    public int userId() {
        return Libc.geteuid();
    }

    @Override
    public Run run(List<String> command) {
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectInput(new File("/dev/null")).redirectErrorStream(true);
        // Messages are compared and shown as their authors wrote them.
        builder.environment().put("LC_ALL", "C");
        Process process;
        try {
            process = builder.start();
        } catch (IOException e) {
            return new Run(Run.NOT_RUN, String.valueOf(e.getMessage()));
        }
        try {
            FutureTask<String> output = new FutureTask<>(() -> text(process.getInputStream()));
            Thread reader = new Thread(output, "atoll-doctor-output");
            reader.setDaemon(true);
            reader.start();
            if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                return new Run(Run.NOT_RUN, command.get(0) + " did not end within " + LIMIT_SECONDS + " s");
            }
            return new Run(process.exitValue(), output.get(LIMIT_SECONDS, TimeUnit.SECONDS));
        } catch (ExecutionException | TimeoutException e) {
            return new Run(Run.NOT_RUN, "what " + command.get(0) + " wrote could not be read: " + e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Run(Run.NOT_RUN, "interrupted");
        } finally {
            process.destroyForcibly();
        }
    }

    /** All of it is read, so that the program never waits; the first part is kept. */
    private static String text(InputStream in) throws IOException {
        String text = new String(in.readNBytes(MAX_OUTPUT_BYTES), StandardCharsets.UTF_8);
        in.transferTo(OutputStream.nullOutputStream());
        return text;
    }
}
