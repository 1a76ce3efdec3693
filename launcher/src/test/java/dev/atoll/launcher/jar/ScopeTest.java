package dev.atoll.launcher.jar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.launcher.jar.Atoll.Running;
import dev.atoll.testing.Jdks;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Link-local addresses and their scopes in a program, with the host's kernel as the peer. */
class ScopeTest extends JarTest {
    private static final String DEVICE = "scope0";

    @BeforeEach
    @Override
    void needs() {
        Needs.tap();
    }

    /** What the JDK prints over the kernel, too, where the link is interface 2. */
    @ParameterizedTest
    @MethodSource("jdks")
    void linkLocalAddresses_haveTheirScopeAsOnTheKernel(int feature) throws Exception {
        Path jdk = Jdks.require(feature);
        try (HostSide host = new HostSide()) {
            host.serve(Integer.toString(Scopes.PORT));
            Atoll atoll = new Atoll(directory).behind(host.prefix()).on(jdk);
            Path file = atoll.path("peer");
            List<String> words = new ArrayList<>(List.of(
                    "run",
                    "--link",
                    "tap:" + DEVICE,
                    "--address6",
                    "fd61:746f:6c6c::2/64",
                    "--",
                    atoll.java(),
                    "-cp",
                    Atoll.CLASSES.toString(),
                    Scopes.class.getName(),
                    file.toString(),
                    "eth0"));
            try (Running running = atoll.start(words)) {
                tellPeer(host, running, file);
                running.awaitOutput("listening=");
                String own = running.soFar().replaceAll("(?s).*listening=(\\S+).*", "$1");
                List<String> client = new ArrayList<>(List.of(
                        jdk.resolve("bin/java").toString(),
                        "-cp",
                        Atoll.CLASSES.toString(),
                        Probe.class.getName(),
                        "tcp:" + own + "%" + DEVICE + ":" + Scopes.OWN_PORT));
                String visit = host.inside(client.toArray(new String[0]));
                assertTrue(visit.contains("=hello "), visit);
                assertEquals(
                        List.of(
                                "own=%eth0 2 name:eth0 (eth0)",
                                "index=2",
                                "loopback=127.0.0.1 0:0:0:0:0:0:0:1%lo ",
                                "byName=2 name:eth0 (eth0)",
                                "byNumber=2 null",
                                "byInterface=2 name:eth0 (eth0)",
                                "unknown=java.net.UnknownHostException: no such interface nosuch0",
                                "reachable=true true",
                                "connectByName=hello %2 %eth0",
                                "connectByNumber=hello %2 %2",
                                "connectByInterface=hello %2 %eth0",
                                "connectBound=hello %2 %eth0",
                                "channel=%2 %eth0",
                                "datagrams=%2 %2 %2 %2 %2",
                                "group=%2",
                                "listening=" + own,
                                "accepted=%2 %2"),
                        running.result().assertExit(0).stdout().lines().collect(Collectors.toList()));
            }
        }
    }

    /** The host's address on the link, once the kernel has checked that nobody else has it. */
    private static void tellPeer(HostSide host, Running running, Path file) throws Exception {
        String address = "";
        while (address.isEmpty()) {
            assertTrue(running.isAlive(), running::soFar);
            Thread.sleep(50);
            address = host.inside("sh", "-c", "ip -6 -o address show scope link -tentative 2>/dev/null || true")
                    .lines()
                    .filter(line -> line.contains(" " + DEVICE + " "))
                    .map(line -> line.replaceAll(".*inet6 ([^/ ]+)/.*", "$1"))
                    .findFirst()
                    .orElse("");
        }
        Path written = Files.writeString(file.resolveSibling("peer-whole"), address);
        Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
