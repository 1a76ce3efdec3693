package dev.atoll.launcher.jar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.jdi.VirtualMachine;
import com.sun.jdi.event.ClassPrepareEvent;
import com.sun.jdi.event.Event;
import com.sun.jdi.event.EventSet;
import com.sun.jdi.request.ClassPrepareRequest;
import com.sun.jdi.request.EventRequest;
import dev.atoll.launcher.jar.Atoll.Result;
import dev.atoll.launcher.jar.Atoll.Running;
import dev.atoll.testing.Jdks;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code --debug}: a debugger of the host attaches to the program, and nobody else's does. */
class DebugTest extends JarTest {
    private static final String TOLD = "atoll: debug: listening on 127.0.0.1:";
    private static final long LIMIT_NS = 60_000_000_000L;

    @BeforeEach
    @Override
    void needs() {
        Needs.namespaces();
        Needs.needsCommand("nsenter", "util-linux");
    }

    private static int port(Running running) throws Exception {
        running.awaitError(TOLD);
        return Integer.parseInt(running.soFar().replaceAll("(?s).*" + TOLD + "(\\d+).*", "$1"));
    }

    private void attach(Atoll atoll) throws Exception {
        Path enough = atoll.path("enough");
        Path status = atoll.path("status.json");
        int port;
        try (Running running = atoll.startProbe(
                List.of("--link", "stream", "--debug", "--status-file", status.toString()),
                "say:begun",
                "await:" + enough)) {
            port = port(running);
            running.awaitOutput("begun");
            assertEquals("127.0.0.1:" + port, Json.await(status).text("debug"));
            // One debugger after the other, as the JVM's agent takes them.
            for (int i = 0; i < 2; i++) {
                VirtualMachine machine = Debugger.attach(port);
                assertFalse(Debugger.mainThread(machine).isSuspended());
                machine.suspend();
                assertTrue(Debugger.mainThread(machine).isSuspended());
                assertTrue(Debugger.mainThread(machine).frames().stream()
                        .anyMatch(
                                frame -> frame.location().declaringType().name().equals(Probe.class.getName())));
                machine.dispose();
            }
            Files.createFile(enough);
            Result result = running.result().assertExit(0);
            assertEquals(
                    "begun\n", result.stdout().lines().findFirst().orElse("") + "\n", "the JVM says nothing there");
        }
        assertFalse(isOpen(port), "after the run");
    }

    private static boolean isOpen(int port) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (ConnectException e) {
            assertTrue(e.toString().contains("Connection refused"), e.toString());
            return false;
        }
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void debugger_attachesAndDetaches(int feature) throws Exception {
        attach(atollOn(feature));
    }

    @Test
    void debugger_asOrdinaryUser_attaches() throws Exception {
        attach(new Atoll(directory).asOrdinaryUser());
    }

    /** The program does nothing before its debugger is there, and its classes can be waited for. */
    @ParameterizedTest
    @MethodSource("jdks")
    void suspend_mainWaitsForTheDebugger(int feature) throws Exception {
        Path jdk = Jdks.require(feature);
        int wanted = freePort();
        try (Running running = new Atoll(directory)
                .on(jdk)
                .startProbe(List.of("--link", "none", "--debug=" + wanted, "--debug-suspend"), "say:begun")) {
            assertEquals(wanted, port(running));
            running.awaitError("for which the program waits");
            VirtualMachine machine = Debugger.attach(wanted);
            ClassPrepareRequest request = machine.eventRequestManager().createClassPrepareRequest();
            request.addClassFilter(Probe.class.getName());
            request.setSuspendPolicy(EventRequest.SUSPEND_ALL);
            request.enable();
            assertTrue(machine.classesByName(Probe.class.getName()).isEmpty(), "main has not begun");
            resumeUntilPrepared(machine);
            assertFalse(running.soFar().contains("begun"));
            machine.dispose();
            assertEquals("begun\n", running.result().assertExit(0).stdout());
        }
    }

    /** Of a script Atoll cannot know which JVM is meant: the one that listens for debuggers where it leads. */
    @ParameterizedTest
    @MethodSource("jdks")
    void debugger_attachesToAJvmOfAScript(int feature) throws Exception {
        int port = freePort();
        Atoll atoll = atollOn(feature)
                .programOption(
                        "-agentlib:jdwp=transport=dt_socket,server=y,quiet=y,suspend=y,address=127.0.0.1:" + port);
        try (Running running = atoll.start(List.of(
                "run",
                "--link",
                "none",
                "--debug=" + port,
                "--",
                "sh",
                "-c",
                String.join(" ", atoll.probe("say:begun")) + "; echo ended"))) {
            assertEquals(port, port(running));
            VirtualMachine machine = Debugger.attach(port);
            assertTrue(Debugger.mainThread(machine).isSuspended());
            machine.dispose();
            assertEquals("begun\nended\n", running.result().assertExit(0).stdout());
        }
    }

    /** Resumes what is suspended at its start, up to the first class that is waited for. */
    private static void resumeUntilPrepared(VirtualMachine machine) throws InterruptedException {
        long start = System.nanoTime();
        while (System.nanoTime() - start < LIMIT_NS) {
            EventSet events = machine.eventQueue().remove(1000);
            if (events != null) {
                for (Event event : events) {
                    if (event instanceof ClassPrepareEvent) {
                        return;
                    }
                }
                events.resume();
            }
        }
        throw new AssertionError("the class did not come");
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Test
    void otherAddressesOfTheHost_areNotListenedOn() throws Exception {
        Atoll atoll = new Atoll(directory);
        Path enough = atoll.path("enough");
        try (Running running = atoll.startProbe(List.of("--link", "none", "--debug"), "say:begun", "await:" + enough)) {
            int port = port(running);
            running.awaitOutput("begun");
            List<InetAddress> others = new ArrayList<>(List.of(InetAddress.getByName("127.0.0.2")));
            for (NetworkInterface each : Collections.list(NetworkInterface.getNetworkInterfaces())) {
                others.addAll(Collections.list(each.getInetAddresses()));
            }
            others.remove(InetAddress.getLoopbackAddress());
            for (InetAddress other : others) {
                try (Socket socket = new Socket()) {
                    socket.connect(new InetSocketAddress(other, port), 2000);
                    throw new AssertionError("a debugger could attach at " + other);
                } catch (IOException e) {
                    // As it has to be: refused, or no way there.
                }
            }
            Files.createFile(enough);
            running.result().assertExit(0);
        }
    }

    /** Nothing of a run is left, however it ends. */
    @Test
    void launcherIsKilled_portIsClosed() throws Exception {
        Atoll atoll = new Atoll(directory);
        try (Running running = atoll.startProbe(List.of("--link", "none", "--debug"), "say:begun", "wait")) {
            int port = port(running);
            running.awaitOutput("begun");
            long relays = relays(port);
            assertEquals(1, relays);
            running.signal("KILL");
            // By looking: onExit takes for alive what has ended and whoever has inherited it has not waited for. At the
            // port, too: of a process that ends the kernel takes the memory, with the command line, before the sockets.
            long start = System.nanoTime();
            while (relays(port) > 0 || isOpen(port)) {
                assertTrue(System.nanoTime() - start < LIMIT_NS, "relay and port go");
                Thread.sleep(20);
            }
        }
    }

    private static long relays(int port) {
        return ProcessHandle.allProcesses()
                .filter(process ->
                        process.info().commandLine().orElse("").endsWith("dev.atoll.launcher.debug.Relay " + port))
                .count();
    }

    @Test
    void portThatSomebodyHas_isRefused() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Result result = new Atoll(directory)
                    .runProbe(List.of("--link", "none", "--debug=" + taken.getLocalPort()), "say:begun")
                    .assertExit(120);
            assertEquals("", result.stdout());
            assertTrue(
                    result.stderr()
                            .contains("atoll: debug: 127.0.0.1:" + taken.getLocalPort() + " cannot be listened on: "),
                    result::toString);
        }
    }

    @Test
    void programsOwnDebugger_isRefused() throws Exception {
        Result result = new Atoll(directory)
                .programOption("-agentlib:jdwp=transport=dt_socket,server=y,address=5005")
                .runProbe(List.of("--link", "none", "--debug"), "say:begun");
        assertEquals(
                "atoll: run: -agentlib:jdwp=transport=dt_socket,server=y,address=5005: --debug brings that agent itself;"
                        + " leave out either\n",
                result.stderr());
    }
}
