package dev.atoll.examples.embedding;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Runs the programs that need no device, and holds docs/embedding.md to what they say. */
class EmbeddingTest {
    private static final int MAX_LINES = 60;
    private static final Path SOURCES = Path.of("src/main/java/dev/atoll/examples/embedding");
    private static final Path PAGE = Path.of("../../docs/embedding.md");

    private static final List<String> PROGRAMS = List.of(
            "HttpGet",
            "TwoStacks",
            "OwnLink",
            "OwnRule",
            "OwnProtocol",
            "PortProxy",
            "WindowProbe",
            "SaveAndRestore",
            "FixedWindow");

    @FunctionalInterface
    private interface Program {
        void run(String[] args) throws Exception;
    }

    private static String outputOf(Program program) throws Exception {
        PrintStream before = System.out;
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        System.setOut(new PrintStream(output, true, StandardCharsets.UTF_8));
        try {
            program.run(new String[0]);
        } finally {
            System.setOut(before);
        }
        return output.toString(StandardCharsets.UTF_8);
    }

    @Test
    void twoStacks() throws Exception {
        assertEquals("hello\n0 bytes are not acknowledged\n", outputOf(TwoStacks::main));
    }

    @Test
    void ownLink() throws Exception {
        String output = outputOf(OwnLink::main);
        assertTrue(output.matches("100000 bytes arrived, \\d+ frames were lost\n"), output);
        assertEquals(output, outputOf(OwnLink::main), "virtual time: every run is the same");
    }

    @Test
    void ownRule() throws Exception {
        assertEquals("2 received, 2 of 556 bytes dropped\n", outputOf(OwnRule::main));
    }

    @Test
    void ownProtocol() throws Exception {
        assertEquals("left got [4, 2, 0], right got [5, 3, 1]\n", outputOf(OwnProtocol::main));
    }

    @Test
    void portProxy() throws Exception {
        String refused = "dev.atoll.stack.env.StackException: Connection refused";
        assertEquals("80: 5 bytes, error null\n22: 0 bytes, error " + refused + "\n", outputOf(PortProxy::main));
    }

    @Test
    void windowProbe() throws Exception {
        String output = outputOf(WindowProbe::main);
        assertTrue(output.startsWith("congestion window: 10 -> "), output);
        assertTrue(output.endsWith("100000 bytes arrived\n"), output);
    }

    @Test
    void saveAndRestore() throws Exception {
        assertEquals("sent before, and after\n", outputOf(SaveAndRestore::main));
    }

    @Test
    void fixedWindow() throws Exception {
        assertEquals("4 segments are on their way\nall arrived, the window is 4\n", outputOf(FixedWindow::main));
    }

    @TestFactory
    Stream<DynamicTest> program_isShortAndQuoted() throws IOException {
        String page = Files.readString(PAGE);
        return PROGRAMS.stream()
                .map(name -> DynamicTest.dynamicTest(name, () -> {
                    List<String> lines = Files.readAllLines(SOURCES.resolve(name + ".java"));
                    assertTrue(lines.size() <= MAX_LINES, name + " has " + lines.size() + " lines");
                    String code = String.join("\n", lines);
                    String quoted = code.substring(code.indexOf("/**"));
                    assertTrue(page.contains("```java\n" + quoted + "\n```"), name + " is not quoted as it is");
                }));
    }
}
