package dev.atoll.launcher.start;

import dev.atoll.launcher.ExitCode;
import dev.atoll.launcher.LaunchException;
import dev.atoll.launcher.sys.Libc;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.zip.CRC32;

/**
 * The jar that {@code atoll.jar} carries for the program's JVM, as a file in memory: the sandbox copies it to its private
 * tmpfs, so nothing is left on the host whatever happens.
 */
public final class AgentJar implements Closeable {
    /** Where the sandbox has it. */
    public static final String SANDBOX_FILE = ChainScript.AGENT_FILE;

    private static final String RESOURCE = "/META-INF/atoll/agent.jar";

    private static final int MODE = 0644;

    /** Times from 2004 to 2038, which every file system can keep. */
    private static final long EARLIEST_TIME_S = 1L << 30;

    private static final long TIME_MASK = (1L << 30) - 1;

    private static final byte[] END_SIGNATURE = {'P', 'K', 5, 6};
    private static final int END_BYTES = 22;

    private final int descriptor;

    private AgentJar(int descriptor) {
        this.descriptor = descriptor;
    }

    /**
     * Reads the jar from {@code atoll.jar}.
     *
     * @throws LaunchException if this is not a whole {@code atoll.jar}
     */
    public static AgentJar load() throws LaunchException {
        try (InputStream in = AgentJar.class.getResourceAsStream(RESOURCE)) {
            byte[] content = in == null ? new byte[0] : in.readAllBytes();
            if (!endsAsJar(content)) {
                throw new LaunchException(
                        ExitCode.FAILED,
                        "atoll.jar is not whole: " + RESOURCE + " is missing or cut off; build it again");
            }
            int descriptor = Libc.memfdCreate("atoll");
            Libc.write(descriptor, content);
            Libc.fchmod(descriptor, MODE);
            Libc.futimens(descriptor, timeOf(content));
            return new AgentJar(descriptor);
        } catch (IOException e) {
            throw new LaunchException(ExitCode.FAILED, "cannot hand Atoll's jar to the sandbox: " + e.getMessage(), e);
        }
    }

    /**
     * When the file was changed, so to say: a time that is the same in every run, as an AOT cache is taken only with jars of
     * the sizes and times that it was made with, and another one for another content.
     */
    static long timeOf(byte[] content) {
        CRC32 sum = new CRC32();
        sum.update(content);
        return EARLIEST_TIME_S + (sum.getValue() & TIME_MASK);
    }

    /** The end record is the last thing in a jar without a comment: PKWARE's APPNOTE.TXT, 4.3.16. */
    private static boolean endsAsJar(byte[] content) {
        int end = content.length - END_BYTES;
        return end > 0
                && Arrays.equals(content, end, end + END_SIGNATURE.length, END_SIGNATURE, 0, END_SIGNATURE.length);
    }

    /** The file's descriptor; the sandbox gets a duplicate and opens the file anew. */
    int descriptor() {
        return descriptor;
    }

    @Override
    public void close() {
        Libc.close(descriptor);
    }
}
