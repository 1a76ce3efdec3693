package dev.atoll.stack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.env.StackError;
import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Holds the Javadoc of the exported packages, by the sources' text, to what it has to say: threads, blocking, errors. */
class DocumentedApiTest {
    private static final Path SOURCES = Path.of("src/main/java");

    /** About as many as there were when this was written: fewer means that the sources are not read right. */
    private static final int FEWEST_METHODS = 45;

    private static final Set<String> ERRORS =
            Arrays.stream(StackError.values()).map(Enum::name).collect(Collectors.toCollection(TreeSet::new));

    /** A Javadoc comment, if there is one, and the declaration of a method that may fail. */
    private static final Pattern METHOD = Pattern.compile("(?<doc>/\\*\\*(?:[^*]|\\*(?!/))*+\\*/\\s*)?"
            + "(?<head>(?:(?:@\\w+|public|protected|private|static|final|default|abstract)\\s+)*)"
            + "(?:<[^;{}()]+> )?[\\w.<>?@, \\[\\]]+ (?<name>\\w+)\\([^;{}]*?\\)\\s*throws (?<throws>[\\w, ]+)\\s*[{;]");

    /** Of StackException, or of an IOException that it may be. */
    private static final Pattern THROWS =
            Pattern.compile("@throws (?:Stack|IO)Exception (.*?)(?= @(?:throws|param|return|see) | ?\\*/)");

    private static final Pattern ERROR_NAME = Pattern.compile("\\b[A-Z]+(?:_[A-Z]+)*\\b");

    /** One method that may fail, and its Javadoc. */
    private record Failing(String where, String doc) {
        String errors() {
            Matcher tag = THROWS.matcher(doc.replaceAll("\\n\\s*\\*(?!/)", " ").replaceAll("\\s+", " "));
            return tag.find() ? tag.group(1) : "";
        }
    }

    private static List<Path> exportedPackages() {
        return ModuleFinder.of(Path.of("target/classes"))
                .find("dev.atoll.stack")
                .orElseThrow()
                .descriptor()
                .exports()
                .stream()
                .map(ModuleDescriptor.Exports::source)
                .sorted()
                .map(name -> SOURCES.resolve(name.replace('.', '/')))
                .toList();
    }

    private static List<Failing> methods() throws IOException {
        List<Failing> methods = new ArrayList<>();
        for (Path directory : exportedPackages()) {
            try (Stream<Path> files = Files.list(directory)) {
                for (Path file : files.filter(each -> each.toString().endsWith(".java"))
                        .sorted()
                        .toList()) {
                    addMethods(methods, file.getFileName().toString().replace(".java", ""), Files.readString(file));
                }
            }
        }
        return methods;
    }

    private static void addMethods(List<Failing> methods, String type, String source) {
        boolean isInterface = Pattern.compile("(?m)^public (?:sealed )?interface " + type + "\\b")
                .matcher(source)
                .find();
        Matcher method = METHOD.matcher(source);
        while (method.find()) {
            String head = method.group("head");
            boolean isPublic = head.contains("public") || (isInterface && !head.contains("private"));
            boolean mayFail = method.group("throws").contains("StackException")
                    || method.group("throws").contains("IOException");
            // What overrides has the Javadoc of what it overrides.
            if (isPublic && mayFail && !head.contains("@Override")) {
                String doc = method.group("doc");
                methods.add(new Failing(type + "." + method.group("name"), doc == null ? "" : doc));
            }
        }
    }

    /** What holds for all methods of a package is said there; a class or a method says where it differs. */
    @Test
    void exportedPackage_saysFromWhereItIsCalled_andWhatBlocks() throws IOException {
        List<Path> packages = exportedPackages();
        assertTrue(packages.size() > 5, packages.toString());
        for (Path directory : packages) {
            String text = Files.readString(directory.resolve("package-info.java"));
            assertTrue(text.contains("thread") || text.contains("hold"), directory + " does not speak of threads");
            assertTrue(text.contains("block"), directory + " does not speak of blocking");
        }
    }

    @Test
    void methodThatMayFail_saysWithWhichErrors() throws IOException {
        List<Failing> methods = methods();
        assertTrue(methods.size() >= FEWEST_METHODS, methods.size() + " methods were found");
        List<String> silent = new ArrayList<>();
        for (Failing method : methods) {
            boolean named = method.errors().contains("as {@link ");
            Matcher name = ERROR_NAME.matcher(method.errors());
            while (name.find()) {
                named |= ERRORS.contains(name.group());
            }
            if (!named) {
                silent.add(method.where());
            }
        }
        assertEquals(List.of(), silent, "methods that do not say which errors they give");
    }

    @Test
    void errorThatIsNamed_isThere() throws IOException {
        List<String> wrong = new ArrayList<>();
        for (Failing method : methods()) {
            Matcher name = ERROR_NAME.matcher(method.errors());
            while (name.find()) {
                if (name.group().contains("_") && !ERRORS.contains(name.group())) {
                    wrong.add(method.where() + " " + name.group());
                }
            }
        }
        assertEquals(List.of(), wrong, "named as errors, and none");
    }
}
