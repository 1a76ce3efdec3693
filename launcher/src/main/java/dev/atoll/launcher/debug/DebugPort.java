package dev.atoll.launcher.debug;

import dev.atoll.launcher.ExitCode;
import dev.atoll.launcher.LaunchException;
import dev.atoll.launcher.start.Tools;
import dev.atoll.launcher.sys.Libc;
import dev.atoll.launcher.sys.LoopbackListener;
import dev.atoll.launcher.sys.Spawn;
import dev.atoll.launcher.sys.SystemCallException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A port of the host's loopback through which debuggers reach the program: nobody else's machine does, and every user of this one.
 * The JVM's agent for debuggers listens on the same port of the sandbox's loopback, and a {@link Relay} leads there.
 *
 * <p>Used by one thread. Closed, and when the launcher dies, nothing is left of it.
 */
public final class DebugPort implements AutoCloseable {
    private static final int SIGKILL = 9;

    /** What every JVM reads, and the relay's shall not: its options are meant for others. */
    private static final Set<String> OF_JVMS = Set.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS");

    private final LoopbackListener door;
    private final Consumer<String> log;

    /** What the relay has the other end of: it ends with this process. */
    private int lifeline = -1;

    private int relay;

    /** Guarded by this. */
    private boolean closed;

    private DebugPort(LoopbackListener door, Consumer<String> log) {
        this.door = door;
        this.log = log;
    }

    /**
     * Takes the port.
     *
     * @param port 0 for any
     * @param log hears when the way inside is gone before its time
     * @throws LaunchException if somebody has it
     */
    public static DebugPort listen(int port, Consumer<String> log) throws LaunchException {
        try {
            return new DebugPort(LoopbackListener.listen(port), log);
        } catch (SystemCallException e) {
            throw new LaunchException(
                    ExitCode.CONFIGURATION,
                    "debug: 127.0.0.1:" + port + " cannot be listened on: " + e.getMessage()
                            + "; --debug without a port takes one that is free",
                    e);
        }
    }

    /** The port, here and inside. */
    public int number() {
        return door.port();
    }

    /**
     * Starts the process that leads inside, once.
     *
     * @param processOne of the sandbox
     * @param environment whose PATH has the tools
     * @throws LaunchException if it cannot be started
     */
    public void openInto(int processOne, Map<String, String> environment) throws LaunchException {
        Tools tools = new Tools(environment.getOrDefault("PATH", ""));
        List<String> words = List.of(
                "nsenter",
                "--target=" + processOne,
                "--user",
                "--net",
                "--preserve-credentials",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx32m",
                "-cp",
                System.getProperty("java.class.path"),
                Relay.class.getName(),
                Integer.toString(door.port()));
        List<String> variables = new ArrayList<>();
        for (Map.Entry<String, String> variable : environment.entrySet()) {
            if (!OF_JVMS.contains(variable.getKey())) {
                variables.add(variable.getKey() + "=" + variable.getValue());
            }
        }
        try {
            int[] pipe = Libc.pipe();
            lifeline = pipe[1];
            try {
                Map<Integer, Integer> descriptors = new LinkedHashMap<>();
                descriptors.put(0, door.descriptor());
                descriptors.put(1, 2);
                descriptors.put(2, 2);
                descriptors.put(Relay.LAUNCHER, pipe[0]);
                relay = Spawn.startApart(tools.require(Tools.NSENTER), words, variables, descriptors);
            } finally {
                Libc.close(pipe[0]);
            }
        } catch (SystemCallException e) {
            throw new LaunchException(ExitCode.FAILED, "debug: no process leads inside: " + e.getMessage(), e);
        }
        // Without the relay nobody would take connections: they are to be refused then.
        door.close();
        Thread watch = new Thread(this::watch, "atoll-debug");
        watch.setDaemon(true);
        watch.start();
    }

    private void watch() {
        try {
            Libc.awaitExit(relay);
            synchronized (this) {
                if (!closed) {
                    log.accept("debug: the process that leads inside has ended; no debugger can attach any more");
                }
            }
        } catch (SystemCallException e) {
            // The run is over, and somebody has waited for it already.
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        door.close();
        if (lifeline >= 0) {
            Libc.close(lifeline);
            lifeline = -1;
        }
        if (relay > 0) {
            end();
            relay = 0;
        }
    }

    private void end() {
        try {
            Libc.kill(relay, SIGKILL);
            int unusedStatus = Libc.waitpid(relay);
        } catch (SystemCallException e) {
            log.accept("debug: the process that leads inside could not be ended: " + e.getMessage());
        }
    }
}
