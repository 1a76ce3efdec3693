package dev.atoll.launcher.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.launcher.ExitCode;
import dev.atoll.launcher.LaunchException;
import dev.atoll.launcher.cli.CommandLine;
import dev.atoll.launcher.cli.PolicyRequest;
import dev.atoll.runtime.policy.HostResolver;
import dev.atoll.stack.wire.IpAddress;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * What users see of {@code policy}: each file {@code *.golden} beside the policies has commands, behind each what it prints,
 * and how it exits. {@code -Dgolden.update=true} writes what is printed now, to be read before it is committed.
 */
class GoldenTest {
    private static final Path DIRECTORY = Path.of("src/test/resources/policy").toAbsolutePath();
    private static final boolean UPDATE = Boolean.getBoolean("golden.update");
    private static final String PROMPT = "$ policy ";

    private static final Pattern FILE = Pattern.compile(".*\\.(rules|conf|jsonl)");

    private static final HostResolver NAMES = host -> switch (host) {
        case "db.example" -> List.of(IpAddress.parse("10.0.0.5"), IpAddress.parse("192.0.2.7"));
        default -> List.of();
    };

    @TestFactory
    Stream<DynamicTest> commands() throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.list(DIRECTORY)) {
            files = all.filter(file -> file.toString().endsWith(".golden"))
                    .sorted()
                    .toList();
        }
        assertTrue(files.size() >= 2, "golden files are missing");
        return files.stream()
                .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> test(file)));
    }

    private static void test(Path file) throws IOException {
        String expected = Files.readString(file);
        StringBuilder actual = new StringBuilder();
        for (String line : expected.split("\n", -1)) {
            if (line.startsWith(PROMPT)) {
                actual.append(actual.isEmpty() ? "" : "\n").append(line).append('\n');
                actual.append(run(line.substring(PROMPT.length())));
            }
        }
        assertTrue(!actual.isEmpty(), "a golden file without commands");
        if (UPDATE) {
            Files.writeString(file, actual);
        } else {
            assertEquals(expected, actual.toString());
        }
    }

    private static int show(PrintStream out, CommandLine.Request request) {
        out.println(((CommandLine.Show) request).text());
        return 0;
    }

    /** What a command prints, and its exit code. Names of policies and logs are relative to their directory. */
    private static String run(String words) {
        List<String> arguments = new ArrayList<>(List.of("policy"));
        for (String word : words.split(" ", -1)) {
            boolean files = FILE.matcher(word).matches();
            arguments.add(files ? DIRECTORY + "/" + word.replace("+", "+" + DIRECTORY + "/") : word);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        int exit;
        try {
            CommandLine.Request request = CommandLine.parse(arguments.toArray(new String[0]));
            exit = request instanceof PolicyRequest policy
                    ? new PolicyCommand(out, NAMES).run(policy)
                    : show(out, request);
        } catch (LaunchException e) {
            out.println("atoll: " + e.line().replace("\n", "\natoll: "));
            exit = e.exitCode().number();
        }
        out.println("[exit " + exit + "]");
        assertTrue(exit != ExitCode.FAILED.number(), bytes::toString);
        return bytes.toString(StandardCharsets.UTF_8).replace(DIRECTORY + "/", "");
    }
}
