package dev.atoll.launcher.start;

import dev.atoll.launcher.ExitCode;
import dev.atoll.launcher.LaunchException;
import dev.atoll.launcher.sys.Libc;
import dev.atoll.launcher.sys.SystemCallException;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;

/**
 * The jar that {@code atoll.jar} carries for the program's JVM, as a file in memory: the sandbox copies it to its private
 * tmpfs, so nothing is left on the host whatever happens.
 */
public final class AgentJar implements Closeable {
    /** Where the sandbox has it. */
    public static final String SANDBOX_FILE = ChainScript.AGENT_FILE;

    private static final String RESOURCE = "/META-INF/atoll/agent.jar";

    private final int descriptor;
    private final int bytes;

    private AgentJar(int descriptor, int bytes) {
        this.descriptor = descriptor;
        this.bytes = bytes;
    }

    /**
     * Reads the jar from {@code atoll.jar}.
     *
     * @throws LaunchException if this is not a whole {@code atoll.jar}
     */
    public static AgentJar load() throws LaunchException {
        try (InputStream in = AgentJar.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new LaunchException(
                        ExitCode.FAILED, "atoll.jar is not whole, it lacks " + RESOURCE + "; build it again");
            }
            byte[] content = in.readAllBytes();
            int descriptor = Libc.memfdCreate("atoll");
            Libc.write(descriptor, content);
            return new AgentJar(descriptor, content.length);
        } catch (IOException e) {
            throw new LaunchException(ExitCode.FAILED, "cannot hand Atoll's jar to the sandbox: " + e.getMessage(), e);
        }
    }

    /** The file's descriptor, at its end; the sandbox gets a duplicate and reads from the start. */
    int descriptor() {
        return descriptor;
    }

    /** The file's length. */
    int bytes() {
        return bytes;
    }

    /** Starts reading over. */
    void rewind() throws SystemCallException {
        Libc.rewind(descriptor);
    }

    @Override
    public void close() {
        Libc.close(descriptor);
    }
}
