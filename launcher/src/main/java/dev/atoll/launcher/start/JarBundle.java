package dev.atoll.launcher.start;

import dev.atoll.launcher.ExitCode;
import dev.atoll.launcher.LaunchException;
import dev.atoll.launcher.sys.Libc;
import dev.atoll.launcher.sys.SystemCallException;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The jars that {@code atoll.jar} carries for the program's JVM, one after another in a file in memory: the sandbox
 * copies them to its private tmpfs, so nothing is left on the host whatever happens.
 */
public final class JarBundle implements Closeable {
    /** The agent's jar; the other lies next to it. */
    public static final String AGENT = "agent.jar";

    /** Where the sandbox has them. */
    public static final String SANDBOX_DIRECTORY = ChainScript.JAR_DIRECTORY;

    private static final String[] NAMES = {AGENT, "inside.jar"};
    private static final String DIRECTORY = "/META-INF/atoll/";

    private final int descriptor;
    private final Map<String, Integer> sizes;

    private JarBundle(int descriptor, Map<String, Integer> sizes) {
        this.descriptor = descriptor;
        this.sizes = sizes;
    }

    /**
     * Reads the jars from {@code atoll.jar}.
     *
     * @throws LaunchException if this is not a whole {@code atoll.jar}
     */
    public static JarBundle load() throws LaunchException {
        try {
            JarBundle bundle = new JarBundle(Libc.memfdCreate("atoll"), new LinkedHashMap<>());
            for (String name : NAMES) {
                bundle.add(name);
            }
            return bundle;
        } catch (IOException e) {
            throw new LaunchException(ExitCode.FAILED, "cannot hand Atoll's jars to the sandbox: " + e.getMessage(), e);
        }
    }

    private void add(String name) throws IOException, LaunchException {
        try (InputStream in = JarBundle.class.getResourceAsStream(DIRECTORY + name)) {
            if (in == null) {
                throw new LaunchException(
                        ExitCode.FAILED, "atoll.jar is not whole, it lacks " + DIRECTORY + name + "; build it again");
            }
            byte[] content = in.readAllBytes();
            Libc.write(descriptor, content);
            sizes.put(name, content.length);
        }
    }

    /** The file's descriptor, at its end; the sandbox gets a duplicate and reads from the start. */
    int descriptor() {
        return descriptor;
    }

    /** Name and length in bytes of each jar, in the order they lie in the file. */
    Map<String, Integer> sizes() {
        return sizes;
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
