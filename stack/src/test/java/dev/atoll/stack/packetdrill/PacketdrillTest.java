package dev.atoll.stack.packetdrill;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every script under {@code src/test/resources/packetdrill} is a test. */
class PacketdrillTest {
    /** A floor, so that scripts that are no longer found are noticed. */
    private static final int MIN_SCRIPTS = 40;

    @TestFactory
    Stream<DynamicTest> scripts() throws IOException, URISyntaxException {
        URL folder = Objects.requireNonNull(getClass().getResource("/packetdrill"), "the folder of the scripts");
        Path root = Path.of(folder.toURI());
        List<Path> scripts = PacketdrillMain.scripts(root.toString());
        assertTrue(scripts.size() >= MIN_SCRIPTS, () -> "only " + scripts.size() + " scripts found");
        return scripts.stream()
                .map(script -> DynamicTest.dynamicTest(root.relativize(script).toString(), () -> run(root, script)));
    }

    private static void run(Path root, Path script) throws IOException {
        ScriptResult result = ScriptRunner.run(root.relativize(script).toString(), PacketdrillMain.read(script));
        if (result instanceof ScriptResult.Failed failure) {
            fail(failure.message());
        } else if (result instanceof ScriptResult.Skipped skip) {
            Assumptions.abort(skip.reason());
        }
    }
}
