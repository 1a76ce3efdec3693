package dev.atoll.runtime.host;

import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.jna.LastErrorException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A network namespace of its own for one test: one thread lives in it, and sockets and processes made by that thread
 * belong to it, while descriptors can be used from everywhere. It is gone when the thread and its sockets are.
 */
public final class HostNamespace implements AutoCloseable {
    private static final long LIMIT_S = 30;

    private final ExecutorService inside = Executors.newSingleThreadExecutor(work -> {
        Thread thread = new Thread(work, "test-namespace");
        thread.setDaemon(true);
        return thread;
    });

    /** Makes one, or skips the test with the reason. */
    public static HostNamespace open() throws Exception {
        assumeTrue(
                "root".equals(System.getProperty("user.name")),
                "needs root: makes a network namespace (run the tests as root)");
        assumeTrue(Files.exists(Path.of("/dev/net/tun")), "needs /dev/net/tun (modprobe tun)");
        assumeTrue(Programs.isInstalled("ip"), "needs ip (apt-get install iproute2)");
        HostNamespace namespace = new HostNamespace();
        try {
            namespace.call(() -> {
                HostCalls.unshareNetwork();
                return true;
            });
        } catch (LastErrorException e) {
            namespace.close();
            abort("needs CAP_SYS_ADMIN to make a network namespace (docker run --privileged): " + e.getMessage());
        }
        namespace.run("ip", "link", "set", "lo", "up");
        return namespace;
    }

    private HostNamespace() {}

    /** Runs work in the namespace and returns what it returns. */
    public <T> T call(Callable<T> work) throws Exception {
        try {
            return inside.submit(work).get(LIMIT_S, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception cause) {
                throw cause;
            }
            throw e;
        } catch (TimeoutException e) {
            throw new AssertionError("the namespace's thread did not finish in " + LIMIT_S + " s", e);
        }
    }

    /** Runs a program in the namespace, which must succeed, and returns what it printed. */
    public String run(String... command) throws Exception {
        return call(() -> {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int exit = process.waitFor();
            if (exit != 0) {
                throw new AssertionError(String.join(" ", command) + " ended with " + exit + ": " + output);
            }
            return output;
        });
    }

    @Override
    public void close() {
        inside.shutdownNow();
    }
}
