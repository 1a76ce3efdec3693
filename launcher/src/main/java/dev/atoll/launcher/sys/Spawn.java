package dev.atoll.launcher.sys;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.util.List;
import java.util.Map;

/**
 * Starts a program through {@code posix_spawn(3)}: {@link ProcessBuilder} closes every descriptor above 2, and the sandbox
 * lives from the ones it inherits.
 */
public final class Spawn {
    /** Room for glibc's {@code posix_spawn_file_actions_t} (80 bytes) and {@code posix_spawnattr_t} (336 bytes). */
    private static final int OPAQUE_BYTES = 1024;

    /** Bytes of glibc's {@code sigset_t}. */
    private static final int SIGSET_BYTES = 128;

    private static final int POSIX_SPAWN_SETSIGMASK = 8;
    private static final int POSIX_SPAWN_SETSID = 0x80;

    /** Targets are below this number and sources above it, so that no {@code dup2} hits a source still needed. */
    private static final int FIRST_SOURCE = 64;

    private static final int CLOSE_RANGE_CLOEXEC = 4;

    private Spawn() {}

    /**
     * Starts a program in this process's group, with no signal blocked and no descriptor but 0 to 2 and those given.
     *
     * @param path the program's file
     * @param arguments from {@code argv[0]} on
     * @param environment {@code NAME=value}
     * @param descriptors number in the new process to number here; numbers in the new process are below 10
     * @return the new process's id
     */
    public static int start(
            String path, List<String> arguments, List<String> environment, Map<Integer, Integer> descriptors)
            throws SystemCallException {
        return start(path, arguments, environment, descriptors, POSIX_SPAWN_SETSIGMASK);
    }

    /**
     * As {@link #start}, in a session of its own: what a terminal or anybody sends to this process's group does not reach
     * it.
     */
    public static int startApart(
            String path, List<String> arguments, List<String> environment, Map<Integer, Integer> descriptors)
            throws SystemCallException {
        return start(path, arguments, environment, descriptors, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSID);
    }

    private static int start(
            String path, List<String> arguments, List<String> environment, Map<Integer, Integer> descriptors, int flags)
            throws SystemCallException {
        int first = 3;
        int[] moved = new int[descriptors.size()];
        int count = 0;
        try (Memory actions = new Memory(OPAQUE_BYTES);
                Memory attributes = new Memory(OPAQUE_BYTES);
                Memory noSignals = new Memory(SIGSET_BYTES);
                Memory argv = Libc.stringTable(arguments.toArray(new String[0]));
                Memory envp = Libc.stringTable(environment.toArray(new String[0]))) {
            noSignals.clear();
            Libc.check("posix_spawn_file_actions_init", actions);
            Libc.check("posix_spawnattr_init", attributes);
            Libc.check("posix_spawnattr_setsigmask", attributes, noSignals);
            Libc.check("posix_spawnattr_setflags", attributes, flags);
            for (Map.Entry<Integer, Integer> entry : descriptors.entrySet()) {
                int source = Libc.duplicateAbove(entry.getValue(), FIRST_SOURCE);
                moved[count++] = source;
                Libc.check("posix_spawn_file_actions_adddup2", actions, source, entry.getKey());
                first = Math.max(first, entry.getKey() + 1);
            }
            for (int number = 3; number < first; number++) {
                if (!descriptors.containsKey(number)) {
                    Libc.check("posix_spawn_file_actions_addclose", actions, number);
                }
            }
            closeOthers(actions, first);
            int[] pid = new int[1];
            Libc.check("posix_spawn", pid, path, actions, attributes, (Pointer) argv, (Pointer) envp);
            Libc.check("posix_spawn_file_actions_destroy", actions);
            Libc.check("posix_spawnattr_destroy", attributes);
            return pid[0];
        } finally {
            for (int i = 0; i < count; i++) {
                Libc.close(moved[i]);
            }
        }
    }

    /**
     * Keeps what the JVM has open out of the new process: the JDK marks almost nothing close-on-exec. From glibc 2.34 on
     * the new process closes it; before, all of it is marked here, which another thread can race with.
     */
    private static void closeOthers(Memory actions, int first) throws SystemCallException {
        if (Libc.has("posix_spawn_file_actions_addclosefrom_np")) {
            Libc.check("posix_spawn_file_actions_addclosefrom_np", actions, first);
        } else {
            Libc.call("syscall", SystemCalls.CLOSE_RANGE, 3L, (long) Integer.MAX_VALUE, (long) CLOSE_RANGE_CLOEXEC);
        }
    }
}
