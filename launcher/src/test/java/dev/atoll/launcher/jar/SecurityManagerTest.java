package dev.atoll.launcher.jar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.launcher.jar.Atoll.Result;
import dev.atoll.testing.Jdks;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A program under a security manager, on JDK 17: its policy has to grant it as much as on the JDK's own sockets, and no more.
 */
@Tag("jar")
@Timeout(240)
class SecurityManagerTest {
    @TempDir
    Path directory;

    @BeforeEach
    void needNamespaces() {
        Needs.namespaces();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void program_allowedItsOwnHostOnly_runsAsWithoutAtoll(boolean ipv4Alone) throws Exception {
        Atoll atoll = new Atoll(directory).on(Jdks.require(17));
        Path granted = atoll.file(
                "granted.policy",
                "grant {",
                "  permission java.net.SocketPermission \"127.0.0.1\", \"connect,accept,resolve\";",
                "  permission java.net.SocketPermission \"localhost:0-\", \"listen,resolve\";",
                "  permission java.util.PropertyPermission \"java.version\", \"read\";",
                "};");
        List<String> program = List.of(
                atoll.java(),
                "-Djava.security.manager",
                "-Djava.security.policy==" + granted,
                "-Djava.net.preferIPv4Stack=" + ipv4Alone,
                "-cp",
                Atoll.CLASSES.toString(),
                Guarded.class.getName());
        Result plain = atoll.startCommand(program).result().assertExit(0);
        assertTrue(plain.stdout().contains("asynchronous: 7\n"), plain::toString);
        assertTrue(plain.stdout().contains("channels as sockets: 8 true\n"), plain::toString);
        assertTrue(plain.stdout().contains("every address: true\n"), plain::toString);

        List<String> words = new ArrayList<>(List.of("run", "--link", "none", "--"));
        words.addAll(program);
        Result inside = atoll.start(words).result().assertExit(0);
        assertEquals(plain.stdout(), inside.stdout(), inside::toString);
    }
}
