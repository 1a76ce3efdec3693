package dev.atoll.hooks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.testing.Jdks;
import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/** Holds {@code docs/network-paths.md} to the hooks, to the native methods of the JDKs there are, and to the tests. */
class NetworkPathsTest {
    private static final Path ROOT = Path.of("..", "..");
    private static final Path PAGE = ROOT.resolve("docs/network-paths.md");

    private static final Pattern QUOTED = Pattern.compile("`([^`]+)`");

    /** Names of native methods that open something or connect it; the debugger of cores and the compiler's interface aside. */
    private static final Pattern OPENS =
            Pattern.compile("socket|socket0|socketpair|[a-zA-Z]*[sS]ocketCreate|create0|convert0|branch0"
                    + "|connect|[a-zA-Z]*Connect|lookupAllHostAddr|getHostByAddr|isReachable0|initDisplay");

    private final Map<String, List<List<String>>> tables = new LinkedHashMap<>();

    NetworkPathsTest() throws IOException {
        String section = "";
        for (String line : Files.readAllLines(PAGE)) {
            if (line.startsWith("## ")) {
                section = line.substring(3);
            } else if (line.startsWith("| ") && !line.startsWith("| what ") && !line.startsWith("| method ")) {
                tables.computeIfAbsent(section, key -> new ArrayList<>())
                        .add(Arrays.stream(line.substring(2, line.length() - 1).split(" \\|", -1))
                                .map(String::strip)
                                .toList());
            }
        }
    }

    private List<List<String>> table(String section) {
        List<List<String>> rows = tables.get(section);
        assertTrue(rows != null && !rows.isEmpty(), section);
        return rows;
    }

    private static Set<String> quoted(String cell) {
        Set<String> names = new TreeSet<>();
        Matcher matcher = QUOTED.matcher(cell);
        while (matcher.find()) {
            names.add(matcher.group(1));
        }
        return names;
    }

    private static List<Integer> jdks() {
        return Jdks.tested();
    }

    @ParameterizedTest
    @ValueSource(ints = {17, 21, 25})
    void edited_ofEachJdk_isWhatTheHooksEdit(int feature) throws HookException {
        Set<String> hooked = new TreeSet<>();
        for (Hook hook : Hooks.forFeature(feature)) {
            hooked.add(hook.target().replace("calls of ", ""));
        }
        assertEquals(hooked, edited(feature));
    }

    private Set<String> edited(int feature) {
        Set<String> methods = new TreeSet<>();
        for (List<String> row : table("Edited")) {
            assertEquals(5, row.size(), row::toString);
            if (List.of(row.get(1).split(", ", -1)).contains(String.valueOf(feature))) {
                methods.addAll(quoted(row.get(2)));
            }
        }
        return methods;
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void nativeMethods_thatSoundLikeIt_areAllOnThePage(int feature) throws IOException {
        Set<String> known = new TreeSet<>(edited(feature));
        for (List<String> row : table("Native methods that sound like it")) {
            known.addAll(quoted(row.get(0)));
        }
        Set<String> found = opening(image(Jdks.require(feature)));
        assertTrue(found.contains("sun.nio.ch.Net.socket0"), found::toString);
        found.removeAll(known);
        assertEquals(Set.of(), found);
    }

    private static FileSystem image(Path home) throws IOException {
        if (home.equals(Path.of(System.getProperty("java.home")))) {
            return FileSystems.getFileSystem(URI.create("jrt:/"));
        }
        return FileSystems.newFileSystem(URI.create("jrt:/"), Map.of("java.home", home.toString()));
    }

    private static Set<String> opening(FileSystem image) throws IOException {
        Set<String> methods = new TreeSet<>();
        try (Stream<Path> files = Files.walk(image.getPath("/modules"))) {
            for (Path file : (Iterable<Path>) files::iterator) {
                if (file.toString().endsWith(".class")
                        && !isOfTools(file.getName(1).toString())) {
                    new ClassReader(Files.readAllBytes(file))
                            .accept(new Natives(methods), ClassReader.SKIP_CODE | ClassReader.SKIP_DEBUG);
                }
            }
        }
        return methods;
    }

    private static boolean isOfTools(String module) {
        return module.equals("jdk.hotspot.agent") || module.startsWith("jdk.internal.vm.");
    }

    private static final class Natives extends ClassVisitor {
        private final Set<String> found;
        private String owner = "";

        Natives(Set<String> found) {
            super(Opcodes.ASM9);
            this.found = found;
        }

        @Override
        public void visit(
                int version,
                int access,
                String name,
                @Nullable String signature,
                @Nullable String superName,
                String @Nullable [] interfaces) {
            owner = name.replace('/', '.');
        }

        @Override
        public @Nullable MethodVisitor visitMethod(
                int access,
                String name,
                String descriptor,
                @Nullable String signature,
                String @Nullable [] exceptions) {
            if ((access & Opcodes.ACC_NATIVE) != 0 && OPENS.matcher(name).matches()) {
                found.add(owner + "." + name);
            }
            return null;
        }
    }

    @Test
    void tests_named_areThere() throws IOException {
        Set<String> named = new TreeSet<>();
        for (List<String> row : table("Edited")) {
            Set<String> tests = quoted(row.get(4));
            assertTrue(!tests.isEmpty(), row::toString);
            named.addAll(tests);
        }
        for (List<String> row : table("Left to the JDK")) {
            named.addAll(row.size() > 2 ? quoted(row.get(2)) : Set.of());
        }
        for (String test : named) {
            String[] parts = test.split("#", -1);
            assertEquals(2, parts.length, test);
            String source = sourceOf(parts[0]);
            assertTrue(
                    Pattern.compile("@(Test|ParameterizedTest)\\b[^;{}]*\\bvoid " + parts[1] + "\\(")
                            .matcher(source)
                            .find(),
                    () -> "there is no test " + test);
        }
    }

    private static String sourceOf(String testClass) throws IOException {
        for (String module : List.of("socket-shim", "socket-shim/hooks", "socket-shim/bridge", "launcher")) {
            try (Stream<Path> files = Files.walk(ROOT.resolve(module).resolve("src/test/java"))) {
                for (Path file : (Iterable<Path>) files::iterator) {
                    if (file.getFileName().toString().equals(testClass + ".java")) {
                        return Files.readString(file);
                    }
                }
            }
        }
        throw new AssertionError("there is no test class " + testClass);
    }
}
