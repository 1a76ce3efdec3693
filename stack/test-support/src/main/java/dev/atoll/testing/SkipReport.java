package dev.atoll.testing;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestSource;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/**
 * Says at the end of a module's tests which were skipped and what would enable them: Maven's own report only counts them.
 * The same lines are left in {@code target/skipped.txt}, where CI looks: there nothing may be skipped.
 *
 * <p>JUnit finds it by ServiceLoader and calls it from any thread.
 */
public final class SkipReport implements TestExecutionListener {
    private static final Path DIRECTORY = Path.of("target");
    private static final Path FILE = DIRECTORY.resolve("skipped.txt");

    private final PrintStream out = System.out;
    private final Map<String, List<String>> testsByReason = new TreeMap<>();

    /** For ServiceLoader. */
    public SkipReport() {}

    @Override
    public void executionSkipped(TestIdentifier test, String reason) {
        add(test, reason);
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        if (result.getStatus() == TestExecutionResult.Status.ABORTED) {
            add(test, result.getThrowable().map(Throwable::getMessage).orElse("no reason given"));
        }
    }

    private synchronized void add(TestIdentifier test, String reason) {
        testsByReason
                .computeIfAbsent(reason.replaceFirst("^Assumption failed: ", ""), each -> new ArrayList<>())
                .add(test.getSource().map(SkipReport::name).orElse("") + test.getDisplayName());
    }

    private static String name(TestSource source) {
        if (source instanceof MethodSource method) {
            return simple(method.getClassName()) + ".";
        }
        return source instanceof ClassSource type ? simple(type.getClassName()) + " " : "";
    }

    private static String simple(String className) {
        return className.substring(className.lastIndexOf('.') + 1);
    }

    @Override
    public synchronized void testPlanExecutionFinished(TestPlan plan) {
        List<String> lines = new ArrayList<>();
        testsByReason.forEach((reason, tests) -> lines.add("skipped: " + reason + ": " + String.join(", ", tests)));
        testsByReason.clear();
        lines.forEach(out::println);
        try {
            if (Files.isDirectory(DIRECTORY)) {
                Files.write(FILE, lines);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot say what was skipped", e);
        }
    }
}
