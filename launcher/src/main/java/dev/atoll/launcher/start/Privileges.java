package dev.atoll.launcher.start;

/**
 * What process 1 of a sandbox and the program may do, as options of {@code setpriv}.
 *
 * <p>A program of root's keeps the capabilities, over its own user namespace, with which its access to files is what it
 * was; an ordinary user's keeps none. Process 1 has one more than its program: that makes the kernel refuse the program
 * to trace it or to write its memory ({@code ptrace(2)}), by which hostile code could take back the parent-death signal
 * and outlive the launcher. That one is {@code setpcap}, since process 1 needs it to take itself away from the program.
 *
 * @param root whether the program runs as root
 */
record Privileges(boolean root) {
    private static final String NONE = "-all";
    private static final String FILES = ",+chown,+dac_override,+fowner,+setuid,+setgid";
    private static final String EXTRA = ",+setpcap";

    /** For process 1. */
    String ofFirstProcess() {
        // Root's capabilities come back with every execve, within the bounding set; those of others must be ambient.
        return root ? options(NONE + FILES + EXTRA, NONE) : options(NONE + EXTRA, NONE + EXTRA);
    }

    /** For the program. */
    String ofProgram() {
        return options(root ? NONE + FILES : NONE, NONE);
    }

    private static String options(String bounding, String inherited) {
        return "--bounding-set=" + bounding + " --inh-caps=" + inherited + " --ambient-caps=" + inherited;
    }
}
