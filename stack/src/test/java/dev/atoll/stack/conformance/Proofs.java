package dev.atoll.stack.conformance;

import dev.atoll.testing.Requirement;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Which tests say that they prove a requirement: methods by {@link Requirement}, scripts by a line of their head. */
final class Proofs {
    private static final Pattern SCRIPT_LINE = Pattern.compile("// Requirement: (.+)");

    private final Map<String, List<String>> byRequirement = new TreeMap<>();

    private Proofs() {}

    /** Those of all test classes below {@code classes} and all scripts below {@code scripts}. */
    static Proofs collect(Path classes, Path scripts) throws IOException {
        Proofs proofs = new Proofs();
        for (Path file : files(classes, ".class")) {
            proofs.addClass(classes.relativize(file).toString());
        }
        for (Path file : files(scripts, ".pkt")) {
            proofs.addScript(scripts.relativize(file).toString(), Files.readAllLines(file));
        }
        return proofs;
    }

    private static List<Path> files(Path folder, String ending) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(file -> file.toString().endsWith(ending)).sorted().toList();
        }
    }

    private void addClass(String file) {
        String name = file.substring(0, file.length() - ".class".length()).replace('/', '.');
        if (!name.endsWith("Test")) {
            return;
        }
        try {
            Class<?> type = Class.forName(name, false, Proofs.class.getClassLoader());
            for (Method method : type.getDeclaredMethods()) {
                for (Requirement requirement : method.getAnnotationsByType(Requirement.class)) {
                    add(requirement.value(), type.getSimpleName() + "#" + method.getName());
                }
            }
        } catch (ClassNotFoundException e) {
            throw new AssertionError(name, e);
        }
    }

    private void addScript(String name, List<String> lines) {
        for (String line : lines) {
            Matcher matcher = SCRIPT_LINE.matcher(line);
            if (matcher.matches()) {
                add(matcher.group(1).strip(), name);
            }
        }
    }

    private void add(String requirement, String test) {
        byRequirement.computeIfAbsent(requirement, key -> new ArrayList<>()).add(test);
    }

    /** The tests of a requirement, sorted; none if there are none. */
    List<String> of(String requirement) {
        return byRequirement.getOrDefault(requirement, List.of()).stream()
                .sorted()
                .toList();
    }

    /** Everything that some test says it proves. */
    List<String> requirements() {
        return List.copyOf(byRequirement.keySet());
    }
}
