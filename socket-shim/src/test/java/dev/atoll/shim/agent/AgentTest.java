package dev.atoll.shim.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.shim.agent.programs.Hello;
import dev.atoll.shim.agent.programs.Libraries;
import dev.atoll.shim.agent.programs.VirtualThreads;
import dev.atoll.shim.contract.ContractMain;
import dev.atoll.shim.fake.FakeStack;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Unmodified programs under the hooks, on each JDK there is. */
class AgentTest {
    private static Path jdk(int feature) throws Exception {
        Optional<Path> home = ChildJvm.findJdk(feature);
        Assumptions.assumeTrue(home.isPresent(), "no JDK " + feature + " under /usr/lib/jvm");
        return home.orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(ints = {17, 21, 25})
    void program_usesOfEverythingABit_seesOnlyTheStack(int feature) throws Exception {
        ChildJvm.Result result = ChildJvm.run(jdk(feature), Hello.class, List.of());
        assertEquals("", result.err());
        List<String> lines = result.out().lines().toList();
        String expected = """
                lookup: [server.test/10.0.0.7, server.test/10.0.0.8]
                localhost: localhost/127.0.0.1
                local host: island/10.0.0.1
                loopback: localhost/127.0.0.1
                any: 0.0.0.0/0.0.0.0
                reverse: island
                unknown: java.net.UnknownHostException: nowhere.test: Name or service not known
                lo: 1 [/127.0.0.1/8 [null]] mtu 65536
                eth0: 2 [/10.0.0.1/24 [/10.0.0.255]] mtu 1500
                socket: hello
                peer: /127.0.0.1 localhost/127.0.0.1 8080
                selected: 1
                read: 3
                selected with a pipe: 1
                provider: true
                datagram: 8 from /127.0.0.1
                datagram: 15
                10.0.0.9: java.net.ConnectException: Connection refused
                10.252.0.1: java.net.SocketException: Network is unreachable
                10.253.0.1: java.net.ConnectException: Connection refused (%s)
                """.formatted(FakeStack.RULE);
        assertEquals(expected.lines().toList(), lines.subList(0, lines.size() - 1));
        String last = lines.get(lines.size() - 1);
        assertTrue(last.startsWith("async: java.net.SocketException: atoll: sun.nio.ch."), last);
        assertTrue(last.contains("called by " + Hello.class.getName()), last);
        assertEquals(0, result.exitCode());
    }

    @ParameterizedTest
    @ValueSource(ints = {17, 21, 25})
    void contracts_ofTheJdksOwnProviders_holdUnderTheHooks(int feature) throws Exception {
        ChildJvm.Result result = ChildJvm.run(jdk(feature), ContractMain.class, List.of("-Datoll.test.realStack=true"));
        assertEquals(0, result.exitCode(), result::out);
        assertEquals("", result.err());
    }

    @ParameterizedTest
    @ValueSource(ints = {21, 25})
    void contracts_ofTheJdksOwnProviders_holdWithoutHooks(int feature) throws Exception {
        ChildJvm.Result result = ChildJvm.runPlain(jdk(feature), ContractMain.class, List.of());
        assertEquals(0, result.exitCode(), result::out);
    }

    @ParameterizedTest
    @ValueSource(ints = {21, 25})
    void virtualThreads_blocked_areInterruptedAsTheJdksAndCostNoThread(int feature) throws Exception {
        ChildJvm.Result result = ChildJvm.run(jdk(feature), VirtualThreads.class, List.of());
        assertEquals("", result.err());
        String expected = """
                read: java.net.SocketException: Closed by interrupt
                closed: true
                accept: java.net.SocketException: Closed by interrupt
                receive: java.net.SocketException: Closed by interrupt
                connect: java.net.SocketException: Closed by interrupt
                peer: -1
                few threads: true
                sum: 5000
                """;
        assertEquals(expected, result.out());
    }

    private static final String LIBRARIES = """
            HttpClient: 200 /hello
            HttpURLConnection: /hello
            through a proxy: 42
            subclass: OwnSocket 17
            datagram: 3
            """;

    @ParameterizedTest
    @ValueSource(ints = {17, 21, 25})
    void librariesOfTheJdk_useTheStack(int feature) throws Exception {
        ChildJvm.Result result = ChildJvm.run(jdk(feature), Libraries.class, List.of("-Datoll.test.realStack=true"));
        assertEquals("", result.err());
        assertEquals(LIBRARIES, result.out());
    }

    @Test
    void oldImplementationsOf17_askedFor_areOursToo() throws Exception {
        ChildJvm.Result result = ChildJvm.run(
                jdk(17),
                Libraries.class,
                List.of("-Djdk.net.usePlainSocketImpl", "-Djdk.net.usePlainDatagramSocketImpl"));
        assertEquals(LIBRARIES, result.out());
    }

    @Test
    void provider_cachedByAnAgentBefore_stopsTheJvmWithOneLine() throws Exception {
        ChildJvm.Result result = ChildJvm.run(jdk(17), Hello.class, List.of("-Datoll.test.openFirst=true"));
        assertEquals(125, result.exitCode());
        assertEquals("", result.out());
        assertTrue(
                result.err().contains("another agent opened a channel before the sandbox was in place"), result.err());
    }
}
