package dev.atoll.stack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.testing.Requirement;
import java.io.IOException;
import java.lang.module.ModuleFinder;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

/** Holds {@code docs/netstack-map.md} to the code: every class, member and test that it names is there. */
class NetstackMapTest {
    private static final Path PAGE = Path.of("../docs/netstack-map.md");
    private static final Path MAIN_CLASSES = Path.of("target/classes");
    private static final Path TEST_CLASSES = Path.of("target/test-classes");
    private static final Path SCRIPTS = Path.of("src/test/resources/packetdrill");

    /** What netstack's documentation names: what the page is measured by. */
    private static final int ROWS = 483;

    private static final int TYPES = 103;
    private static final int METHODS_OF_STACK = 89;

    private static final String NONE = "—";
    private static final Pattern NETSTACK_NAME = Pattern.compile("`(type|const|func|method) ([A-Za-z0-9.]+)`");
    private static final Pattern COUNTS = Pattern.compile("each of the (\\d+) exported types.* names, (\\d+) types and "
            + "(\\d+) methods of `Stack` among them.* Of these (\\d+), (\\d+) have a counterpart, (\\d+) are without one "
            + "because nothing here needs them, and (\\d+) are not there yet\\.");

    /**
     * One line of a table.
     *
     * @param kind of netstack's name: type, const, func or method
     * @param here classes and members, none if there is no counterpart
     */
    private record Row(String kind, String name, List<String> here, List<String> tests, String remark) {
        boolean isNotYet() {
            return remark.startsWith("not yet");
        }

        /** The class and member names in a cell, which holds nothing else. */
        static List<String> names(String cell) {
            List<String> names = new ArrayList<>();
            for (String part : cell.isEmpty() || cell.equals(NONE) ? new String[0] : cell.split(", ")) {
                assertTrue(part.length() > 2 && part.startsWith("`") && part.endsWith("`"), cell);
                names.add(part.substring(1, part.length() - 1));
            }
            return names;
        }
    }

    private final String introduction;
    private final List<Row> rows = new ArrayList<>();
    private final Set<String> exported = new HashSet<>();
    private final Map<String, List<Class<?>>> testClasses = new HashMap<>();

    NetstackMapTest() throws IOException, ClassNotFoundException {
        String page = Files.readString(PAGE);
        introduction = page.substring(0, page.indexOf("\n## ")).replaceAll("\\s+", " ");
        for (String line : page.lines().toList()) {
            if (line.startsWith("| `")) {
                rows.add(row(line));
            }
        }
        ModuleFinder.of(MAIN_CLASSES)
                .find("dev.atoll.stack")
                .orElseThrow()
                .descriptor()
                .exports()
                .forEach(export -> exported.add(export.source()));
        try (Stream<Path> files = Files.walk(TEST_CLASSES)) {
            for (Path file :
                    files.filter(each -> each.toString().endsWith("Test.class")).toList()) {
                String path = TEST_CLASSES.relativize(file).toString();
                String name = path.substring(0, path.length() - ".class".length());
                Class<?> type = Class.forName(name.replace('/', '.'), false, NetstackMapTest.class.getClassLoader());
                testClasses
                        .computeIfAbsent(type.getSimpleName(), each -> new ArrayList<>())
                        .add(type);
            }
        }
    }

    private static Row row(String line) {
        String[] cells = line.split("\\|", -1);
        assertEquals(6, cells.length, "four cells: " + line);
        Matcher name = NETSTACK_NAME.matcher(cells[1].strip());
        assertTrue(name.matches(), line);
        return new Row(
                name.group(1),
                name.group(2),
                Row.names(cells[2].strip()),
                Row.names(cells[3].strip()),
                cells[4].strip());
    }

    private int count(Predicate<Row> wanted) {
        return (int) rows.stream().filter(wanted).count();
    }

    @Test
    void introduction_saysHowManyThereAre() {
        Matcher counts = COUNTS.matcher(introduction);
        assertTrue(counts.find(), introduction);
        List<Integer> said = new ArrayList<>();
        for (int i = 1; i <= counts.groupCount(); i++) {
            said.add(Integer.parseInt(counts.group(i)));
        }
        int counterparts = count(row -> !row.here().isEmpty());
        int notYet = count(Row::isNotYet);
        int types = count(row -> row.kind().equals("type"));
        int methodsOfStack =
                count(row -> row.kind().equals("method") && row.name().startsWith("Stack."));
        int all = rows.size();
        assertEquals(List.of(all, types, methodsOfStack, all, counterparts, all - counterparts - notYet, notYet), said);
        assertEquals(List.of(ROWS, TYPES, METHODS_OF_STACK), said.subList(0, 3));
    }

    @Test
    void name_isThereOnce_andAMethodWithItsType() {
        Set<String> types = new HashSet<>();
        for (Row row : rows) {
            if (row.kind().equals("type")) {
                types.add(row.name());
            }
        }
        List<String> problems = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (Row row : rows) {
            int dot = row.name().indexOf('.');
            if (!seen.add(row.name())) {
                problems.add(row.name() + " is there twice");
            } else if (row.kind().equals("method") != dot > 0) {
                problems.add(row.name() + " is no " + row.kind());
            } else if (dot > 0 && !types.contains(row.name().substring(0, dot))) {
                problems.add(row.name() + " is of no type");
            }
        }
        assertEquals(List.of(), problems);
    }

    @Test
    void row_hasACounterpartWithATest_orAReason_orIsNotYet() {
        List<String> problems = new ArrayList<>();
        for (Row row : rows) {
            if (!row.here().isEmpty()
                    ? row.tests().isEmpty() || row.isNotYet()
                    : row.remark().isEmpty()) {
                problems.add(row.name());
            } else if (row.isNotYet() && !row.tests().isEmpty()) {
                problems.add(row.name() + " is not there yet and has a test");
            }
        }
        assertEquals(List.of(), problems);
    }

    @Test
    @Requirement("pain 14-2")
    void membersAndTests_exist() {
        List<String> problems = new ArrayList<>();
        for (Row row : rows) {
            report(row, row.here(), this::memberProblem, problems);
            report(row, row.tests(), this::testProblem, problems);
        }
        assertEquals(List.of(), problems);
    }

    private static void report(
            Row row, List<String> names, Function<String, @Nullable String> problem, List<String> problems) {
        for (String name : names) {
            String found = problem.apply(name);
            if (found != null) {
                problems.add(row.name() + ": " + name + " " + found);
            }
        }
    }

    /** What is wrong with a name of a public class, or of a public member of one behind {@code #}; null if nothing is. */
    private @Nullable String memberProblem(String name) {
        String[] parts = name.split("#", 2);
        List<Class<?>> found = exported.stream()
                .map(each -> classOf(each + "." + parts[0].replace('.', '$')))
                .flatMap(Optional::stream)
                .toList();
        if (found.size() != 1) {
            return "is in " + found.size() + " packages";
        }
        Class<?> type = found.get(0);
        boolean there = parts.length == 1
                || Arrays.stream(type.getMethods())
                        .anyMatch(method -> method.getName().equals(parts[1]))
                || Arrays.stream(type.getFields())
                        .anyMatch(field -> field.getName().equals(parts[1]));
        return there && Modifier.isPublic(type.getModifiers()) ? null : "is nothing public";
    }

    private static Optional<Class<?>> classOf(String name) {
        try {
            return Optional.of(Class.forName(name, false, NetstackMapTest.class.getClassLoader()));
        } catch (ClassNotFoundException e) {
            return Optional.empty();
        }
    }

    private static boolean isTest(Method method) {
        return method.isAnnotationPresent(Test.class) || method.isAnnotationPresent(ParameterizedTest.class);
    }

    /** What is wrong with a name of a test method or a script; null if nothing is. */
    private @Nullable String testProblem(String name) {
        if (name.endsWith(".pkt")) {
            return Files.isRegularFile(SCRIPTS.resolve(name)) ? null : "is no script";
        }
        int hash = name.indexOf('#');
        List<Class<?>> types = testClasses.getOrDefault(name.substring(0, Math.max(hash, 0)), List.of());
        boolean there = types.stream()
                .flatMap(type -> Arrays.stream(type.getDeclaredMethods()))
                .anyMatch(method -> method.getName().equals(name.substring(hash + 1)) && isTest(method));
        return there ? null : "is no test";
    }

    @Test
    void whatIsNotThere_isFound() {
        assertNull(memberProblem("Nic.Address#prefixLength"));
        assertNull(memberProblem("StackError#REFUSED"));
        for (String wrong : List.of("Nic#nothing", "Nothing", "Nic.Nothing", "Device", "Nic#device", "ConnTrack")) {
            assertNotNull(memberProblem(wrong), wrong);
        }
        assertNull(testProblem("NetstackMapTest#whatIsNotThere_isFound"));
        for (String wrong : List.of("NetstackMapTest#row", "NicTest", "NothingTest#nothing", "close/nothing.pkt")) {
            assertNotNull(testProblem(wrong), wrong);
        }
    }
}
