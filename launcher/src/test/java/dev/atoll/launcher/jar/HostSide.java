package dev.atoll.launcher.jar;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A network namespace of the test's own that plays the host: with the kernel's TCP/IP, servers, and nothing that leads to
 * the machine's network. TAP devices are made in it. Needs root.
 */
final class HostSide implements AutoCloseable {
    /** An address of the host that is not on the link: reached through the router. */
    static final String ADDRESS = "192.0.2.1";

    private static final AtomicInteger NEXT = new AtomicInteger();

    private static final long LIMIT_NS = 30_000_000_000L;

    private final String name = "atoll-test-" + ProcessHandle.current().pid() + "-" + NEXT.incrementAndGet();
    private final List<Process> started = new ArrayList<>();

    HostSide() throws IOException, InterruptedException {
        run("ip", "netns", "add", name);
        inside("ip", "link", "set", "lo", "up");
        inside("ip", "address", "add", ADDRESS + "/32", "dev", "lo");
    }

    /** Begins to serve on these ports, {@code PORT} or {@code ADDRESS:PORT}, TCP and UDP; listens when it returns. */
    void serve(String... ports) throws IOException {
        List<String> command = new ArrayList<>(prefix());
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                Atoll.CLASSES.toString(),
                Servers.class.getName()));
        command.addAll(Arrays.asList(ports));
        Process servers = new ProcessBuilder(command).redirectErrorStream(true).start();
        started.add(servers);
        String first =
                new BufferedReader(new InputStreamReader(servers.getInputStream(), StandardCharsets.UTF_8)).readLine();
        assertTrue(first != null && first.startsWith("listening"), "the servers start: " + first);
    }

    /** Starts a server that writes to that file, and waits until it has written the text. */
    void start(Path log, String ready, List<String> command) throws IOException, InterruptedException {
        List<String> whole = new ArrayList<>(prefix());
        whole.addAll(command);
        Process server = new ProcessBuilder(whole)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        started.add(server);
        long start = System.nanoTime();
        while (!Files.readString(log).contains(ready)) {
            assertTrue(
                    server.isAlive() && System.nanoTime() - start < LIMIT_NS,
                    () -> String.join(" ", command) + " did not start, see " + log);
            Thread.sleep(10);
        }
    }

    /** Runs a command in it and returns what it prints. */
    String inside(String... command) throws IOException, InterruptedException {
        List<String> whole = new ArrayList<>(prefix());
        whole.addAll(Arrays.asList(command));
        return run(whole.toArray(new String[0]));
    }

    /** Its name, for ip(8). */
    String name() {
        return name;
    }

    /** Devices, addresses, routes, forwarding, settings: everything a sandbox could have changed. */
    String state() throws IOException, InterruptedException {
        return inside(
                "sh",
                "-c",
                "ip -o link; ip -o address; ip route show table all; ip -6 route show table all;"
                        + " cat /proc/sys/net/ipv4/ip_forward; grep -r . /proc/sys/net/ipv4/conf /proc/sys/net/ipv6/conf 2>/dev/null;"
                        + " if command -v nft >/dev/null; then nft list ruleset; fi");
    }

    /** What to put before a command so that it runs in it. */
    List<String> prefix() {
        return List.of("ip", "netns", "exec", name);
    }

    private static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(30, TimeUnit.SECONDS), () -> "ends in time: " + String.join(" ", command));
        assertTrue(process.exitValue() == 0, () -> String.join(" ", command) + ": " + output);
        return output;
    }

    @Override
    public void close() throws IOException {
        try {
            for (Process server : started) {
                server.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
            }
            run("ip", "netns", "delete", name);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted before " + name + " was deleted", e);
        }
    }
}
