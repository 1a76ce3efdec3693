package dev.atoll.shim.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.shim.agent.programs.DefaultGroup;
import dev.atoll.shim.agent.programs.Hello;
import dev.atoll.shim.agent.programs.Inherited;
import dev.atoll.shim.agent.programs.Libraries;
import dev.atoll.shim.agent.programs.OwnAsyncProvider;
import dev.atoll.shim.agent.programs.Questions;
import dev.atoll.shim.agent.programs.Refusals;
import dev.atoll.shim.agent.programs.Tripwires;
import dev.atoll.shim.agent.programs.VirtualThreads;
import dev.atoll.shim.contract.ContractMain;
import dev.atoll.shim.fake.FakeStack;
import dev.atoll.testing.Jdks;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Unmodified programs under the hooks, on each JDK there is. */
class AgentTest {
    private static List<Integer> jdks() {
        return Jdks.tested();
    }

    private static List<Integer> jdksWithVirtualThreads() {
        return Jdks.testedWithVirtualThreads();
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void program_usesOfEverythingABit_seesOnlyTheStack(int feature) throws Exception {
        ChildJvm.Result result = ChildJvm.run(Jdks.require(feature), Hello.class, List.of());
        assertEquals("", result.err());
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
                async read: 5
                async provider: true
                async group ended: true
                10.0.0.9: java.net.ConnectException: Connection refused
                10.252.0.1: java.net.SocketException: Network is unreachable
                10.253.0.1: java.net.ConnectException: Connection refused (%1$s)
                async 10.0.0.9: java.net.ConnectException: Connection refused
                async 10.253.0.1: java.net.ConnectException: Connection refused (%1$s)
                """.formatted(FakeStack.RULE);
        assertEquals(expected, result.out());
        assertEquals(0, result.exitCode());
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void refusals_hostInfoAskedFor_nameThePeer(int feature) throws Exception {
        assertEquals(
                refusals("java.net.ConnectException: Connection refused: /10.0.0.9:80"),
                ChildJvm.run(Jdks.require(feature), Refusals.class, List.of("-Djdk.includeInExceptions=x, HostInfo"))
                        .out());
        assertEquals(
                refusals("java.net.ConnectException: Connection refused"),
                ChildJvm.run(Jdks.require(feature), Refusals.class, List.of()).out());
    }

    private static String refusals(String refused) {
        return """
                socket: %1$s
                channel: %1$s
                channel, finished: %1$s
                async: %1$s
                """.formatted(refused);
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void asynchronousChannels_notAskedFor_costNoClass(int feature, @TempDir Path directory) throws Exception {
        List<String> without = loadedClasses(feature, Libraries.class, directory);
        assertTrue(without.contains("dev.atoll.shim.AtollSelectorProvider"));
        assertEquals(
                List.of(),
                without.stream()
                        .filter(each -> each.startsWith("dev.atoll.shim.") && each.contains("Async"))
                        .toList());
        assertFalse(without.contains("java.nio.channels.AsynchronousSocketChannel"));
        assertTrue(loadedClasses(feature, Hello.class, directory).contains("dev.atoll.shim.AtollAsyncSocketChannel"));
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void asynchronousProvider_ofTheProgram_isLeftToIt(int feature) throws Exception {
        String name = OwnAsyncProvider.class.getName();
        ChildJvm.Result own = ChildJvm.run(
                Jdks.require(feature),
                OwnAsyncProvider.class,
                List.of("-Djava.nio.channels.spi.AsynchronousChannelProvider=" + name));
        assertEquals("OwnAsyncProvider\n", own.out());
        assertEquals(
                "AtollAsyncProvider\n",
                ChildJvm.run(Jdks.require(feature), OwnAsyncProvider.class, List.of())
                        .out());
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void defaultGroup_underEachProperty_isAsTheJdks(int feature) throws Exception {
        String property = "-Djava.nio.channels.DefaultThreadPool.";
        for (List<String> options : List.of(
                List.<String>of(),
                List.of(property + "threadFactory=" + DefaultGroup.Factory.class.getName()),
                List.of(property + "initialSize=3", property + "threadFactory=" + DefaultGroup.Factory.class.getName()),
                List.of(property + "initialSize=many"),
                List.of(property + "threadFactory=nowhere.Factory"))) {
            Path jdk = Jdks.require(feature);
            ChildJvm.Result plain = ChildJvm.runPlain(jdk, DefaultGroup.class, options);
            assertEquals(plain, ChildJvm.run(jdk, DefaultGroup.class, options), options::toString);
            assertEquals("", plain.err());
        }
    }

    private static List<String> loadedClasses(int feature, Class<?> program, Path directory) throws Exception {
        Path log = directory.resolve(program.getSimpleName() + ".log");
        ChildJvm.Result result =
                ChildJvm.run(Jdks.require(feature), program, List.of("-Xlog:class+load:file=" + log + ":none"));
        assertEquals(0, result.exitCode(), result::out);
        try (Stream<String> lines = Files.lines(log)) {
            return lines.map(line -> line.substring(0, line.indexOf(' '))).toList();
        }
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void contracts_ofTheJdksOwnProviders_holdUnderTheHooks(int feature) throws Exception {
        ChildJvm.Result result =
                ChildJvm.run(Jdks.require(feature), ContractMain.class, List.of("-Datoll.test.realStack=true"));
        assertEquals(0, result.exitCode(), result::out);
        assertEquals("", result.err());
    }

    @ParameterizedTest
    @MethodSource("jdksWithVirtualThreads")
    void contracts_ofTheJdksOwnProviders_holdWithoutHooks(int feature) throws Exception {
        ChildJvm.Result result = ChildJvm.runPlain(Jdks.require(feature), ContractMain.class, List.of());
        assertEquals(0, result.exitCode(), result::out);
    }

    @ParameterizedTest
    @MethodSource("jdksWithVirtualThreads")
    void virtualThreads_blocked_areInterruptedAsTheJdksAndCostNoThread(int feature) throws Exception {
        ChildJvm.Result result = ChildJvm.run(Jdks.require(feature), VirtualThreads.class, List.of());
        assertEquals("", result.err());
        String expected = """
                read: java.net.SocketException: Closed by interrupt
                closed: true
                accept: java.net.SocketException: Closed by interrupt
                receive: java.net.SocketException: Closed by interrupt
                connect: java.net.SocketException: Closed by interrupt
                peer: -1
                asynchronous: 42 [true, true]
                ended: true
                few threads: true
                all have read: true
                """;
        assertEquals(expected, result.out());
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void inheritedChannel_besideOurs_isSelectedToo(int feature) throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread echo = new Thread(() -> sendBack(server));
            echo.start();
            ChildJvm.Result result =
                    ChildJvm.runInherited(Jdks.require(feature), Inherited.class, server.getLocalPort());
            assertEquals("", result.err());
            assertEquals("""
                    of one kind: false
                    inherited: true false 42
                    own: true false 17
                    both: 1 2
                    """, result.out());
            echo.join();
        }
    }

    private static void sendBack(ServerSocket server) {
        try (Socket socket = server.accept()) {
            socket.getInputStream().transferTo(socket.getOutputStream());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void tripwire_everyWayToASocketOfTheKernel_endsThereWithTheCallerNamed(int feature) throws Exception {
        List<String> open = Stream.of("sun.nio.ch", "java.net", "sun.net.sdp")
                .map(name -> "--add-opens=java.base/" + name + "=ALL-UNNAMED")
                .toList();
        ChildJvm.Result result = ChildJvm.run(Jdks.require(feature), Tripwires.class, open);
        assertEquals("", result.err());
        assertEquals(0, result.exitCode());
        List<String> ways = result.out().lines().toList();
        for (String way :
                List.of("Net.socket[", "Net.serverSocket[", "NioSocketImpl", "platform's async", "SdpSupport")) {
            assertTrue(ways.stream().anyMatch(line -> line.startsWith(way)), () -> way + " is not in " + result.out());
        }
        assertEquals(feature == 17, result.out().contains("PlainDatagramSocketImpl.create: "));
        for (String line : ways) {
            String end = line.substring(line.indexOf(": ") + 2);
            if (line.startsWith("Sctp") && !end.startsWith("java.net.SocketException")) {
                // No library of the system's for it, so the class with the native methods cannot be initialised.
                assertTrue(end.contains("libsctp") || end.contains("NoClassDefFoundError"), line);
            } else {
                assertTrue(
                        end.matches("java\\.net\\.SocketException: atoll: [a-zA-Z.]+ would open a socket of the kernel,"
                                + " around the sandbox's network; called by .*Tripwires.*"),
                        line);
            }
        }
    }

    private static final String LIBRARIES = """
            HttpClient: 200 /hello
            HttpURLConnection: /hello
            through a proxy: 42
            subclass: OwnSocket 17
            datagram: 3
            """;

    @ParameterizedTest
    @MethodSource("jdks")
    void librariesOfTheJdk_useTheStack(int feature) throws Exception {
        ChildJvm.Result result =
                ChildJvm.run(Jdks.require(feature), Libraries.class, List.of("-Datoll.test.realStack=true"));
        assertEquals("", result.err());
        assertEquals(LIBRARIES, result.out());
    }

    @Test
    void securityManager_of17_isAskedWhatTheJdksChannelsAsk() throws Exception {
        Path jdk = Jdks.require(17);
        List<String> options = List.of(
                "-Djava.security.manager=allow", "-Djava.net.preferIPv4Stack=true", "-Datoll.test.realStack=true");
        ChildJvm.Result plain = ChildJvm.runPlain(jdk, Questions.class, options);
        assertEquals(0, plain.exitCode(), plain::err);
        assertTrue(plain.out().contains("accept denied: java.lang.SecurityException"), plain::out);
        assertEquals(plain.out(), ChildJvm.run(jdk, Questions.class, options).out());
    }

    @Test
    void oldImplementationsOf17_askedFor_areOursToo() throws Exception {
        ChildJvm.Result result = ChildJvm.run(
                Jdks.require(17),
                Libraries.class,
                List.of("-Djdk.net.usePlainSocketImpl", "-Djdk.net.usePlainDatagramSocketImpl"));
        assertEquals(LIBRARIES, result.out());
    }

    @Test
    void provider_cachedByAnAgentBefore_stopsTheJvmWithOneLine() throws Exception {
        ChildJvm.Result result = ChildJvm.run(Jdks.require(17), Hello.class, List.of("-Datoll.test.openFirst=true"));
        assertEquals(125, result.exitCode());
        assertEquals("", result.out());
        assertTrue(
                result.err().contains("another agent opened a channel before the sandbox was in place"), result.err());
    }

    /** Of the classes that are edited when they are loaded, those that somebody has loaded before are verified as well. */
    @ParameterizedTest
    @MethodSource("jdks")
    void rareClass_loadedByAnAgentBefore_isEditedAndVerified(int feature) throws Exception {
        Path jdk = Jdks.require(feature);
        for (String method : List.of("java.lang.ProcessHandleImpl$Info.command", "sun.net.sdp.SdpSupport.create0")) {
            String loadFirst = "-Datoll.test.loadFirst=" + method.substring(0, method.lastIndexOf('.'));
            ChildJvm.Result inForce = ChildJvm.run(jdk, Hello.class, List.of(loadFirst));
            assertEquals("", inForce.err());
            assertEquals(0, inForce.exitCode());

            ChildJvm.Result undone = ChildJvm.run(jdk, Hello.class, List.of(loadFirst, "-Datoll.test.undo=true"));
            assertTrue(undone.err().contains("hook not in force on JDK " + feature + ": " + method), undone::err);
            assertEquals("", undone.out());
            assertEquals(125, undone.exitCode());
        }
    }
}
