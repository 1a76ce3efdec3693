package dev.atoll.launcher.start;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.atoll.testing.Jdks;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Words, as we and {@code java} itself take a text apart. */
class OptionWordsTest {
    /** The options of the text are system properties whose names begin so. */
    private static final String MARK = "word.";

    private static final List<String> FILES = List.of(
            "-Dword.a=1 -Dword.b=2\n-Dword.c=3",
            "  -Dword.a=1\t\f-Dword.b=2\r\n\r\n",
            "# first\n-Dword.a=1 # rest -Dword.no=1\n#\n-Dword.b=2 #",
            "-Dword.a=1#lost\n-Dword.b=2",
            "\"-Dword.a=with space\" '-Dword.b=of \"both\" kinds' -Dword.c=\"in\"'side'",
            "\"-Dword.a=\\\"\\\\ \\t\\n.\\x\" -Dword.b=c:\\dir\\n",
            "-Dword.a=\"one \\\n     two\" -Dword.b='#no comment'",
            "\"-Dword.a=open\n-Dword.b=x\" -Dword.c=y",
            "-Dword.a= -Dword.b=\"\"");

    private static final List<String> VARIABLES = List.of(
            "-Dword.a=1 -Dword.b=2\n-Dword.c=3",
            "  -Dword.a=1 \t -Dword.b=2  ",
            "\"-Dword.a=with space\" '-Dword.b=of \"both\" kinds' -Dword.c=\"in\"'side'",
            "-Dword.a=\\n\\\\ -Dword.b=#1 '-Dword.c=\\'");

    @TempDir
    Path directory;

    static List<Integer> jdks() {
        return Jdks.tested();
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void argumentFile_asJavaReadsIt(int feature) throws Exception {
        compileProgram();
        for (String text : FILES) {
            Path file = Files.writeString(directory.resolve("options"), text);
            String read = ask(feature, Map.of(), "@" + file);
            assertEquals(read, properties(OptionWords.ofArgumentFile(text)), text);
        }
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void variable_asTheJvmAndJavaReadIt(int feature) throws Exception {
        compileProgram();
        for (String text : VARIABLES) {
            String own = properties(OptionWords.ofVariable(text));
            for (String name : List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS")) {
                assertEquals(ask(feature, Map.of(name, text)), own, name + ": " + text);
            }
        }
    }

    @Test
    void emptyText_hasNoWords() {
        assertEquals(List.of(), OptionWords.ofVariable(" \n"));
        assertEquals(List.of(), OptionWords.ofArgumentFile(" # \n"));
    }

    /** A class that prints the marked properties in the order of their names. */
    private void compileProgram() throws Exception {
        Path source = Files.writeString(directory.resolve("Ask.java"), """
                public class Ask {
                    public static void main(String[] none) {
                        var marked = new java.util.TreeMap<Object, Object>(System.getProperties());
                        marked.keySet().removeIf(name -> !name.toString().startsWith("word."));
                        System.out.print(marked);
                    }
                }
                """);
        int exit = ToolProvider.findFirst("javac")
                .orElseThrow()
                .run(System.out, System.err, "--release", "17", "-d", directory.toString(), source.toString());
        assertEquals(0, exit, "javac");
    }

    private static String properties(List<String> words) {
        Map<String, String> marked = new TreeMap<>();
        for (String word : words) {
            if (word.startsWith("-D" + MARK)) {
                int equals = word.indexOf('=');
                marked.put(word.substring(2, equals), word.substring(equals + 1));
            }
        }
        return marked.toString();
    }

    private String ask(int feature, Map<String, String> variables, String... words) throws Exception {
        List<String> command = new ArrayList<>(
                List.of(Jdks.require(feature).resolve("bin/java").toString()));
        command.addAll(List.of(words));
        command.addAll(List.of("-cp", directory.toString(), "Ask"));
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().putAll(variables);
        Process process = builder.start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), text);
        return text;
    }
}
