package dev.atoll.launcher.policy.hocon;

import com.typesafe.config.ConfigOrigin;
import dev.atoll.runtime.policy.PolicyError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Collects what is wrong with a policy and the files that it includes. */
final class Mistakes {
    private final String source;
    private final Map<String, List<String>> files = new HashMap<>();
    private final List<PolicyError> errors = new ArrayList<>();

    /**
     * @param source the policy's file as the user gave it
     */
    Mistakes(String source) {
        this.source = source;
    }

    void add(ConfigOrigin at, String message) {
        add(at, message, null);
    }

    void add(ConfigOrigin at, String message, @Nullable String suggestion) {
        String text = line(at);
        int indent = text.length() - text.stripLeading().length();
        errors.add(new PolicyError(
                file(at),
                Math.max(1, at.lineNumber()),
                indent + 1,
                Math.max(1, text.strip().length()),
                message,
                suggestion,
                text));
    }

    /** The file that something stands in, as the user gave it or as it is included. */
    String file(ConfigOrigin at) {
        return at.filename() == null ? source : at.filename();
    }

    /** The line that something begins in; empty if it is in no file. */
    private String line(ConfigOrigin at) {
        List<String> lines = files.computeIfAbsent(file(at), Mistakes::read);
        int number = at.lineNumber();
        return number >= 1 && number <= lines.size() ? lines.get(number - 1) : "";
    }

    private static List<String> read(String file) {
        try {
            return Files.readAllLines(Path.of(file));
        } catch (IOException e) {
            // Only the excerpt is missing then; that the file was read before says that it is there.
            return List.of();
        }
    }

    boolean isEmpty() {
        return errors.isEmpty();
    }

    List<PolicyError> sorted() {
        List<PolicyError> sorted = new ArrayList<>(errors);
        // The library gives the keys of an object in no order.
        sorted.sort(Comparator.comparing(PolicyError::source)
                .thenComparingInt(PolicyError::line)
                .thenComparing(PolicyError::message));
        return sorted;
    }
}
