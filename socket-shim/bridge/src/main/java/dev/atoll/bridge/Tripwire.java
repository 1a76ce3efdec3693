package dev.atoll.bridge;

import org.jspecify.annotations.Nullable;

/** Says who would have opened a socket of the kernel. */
final class Tripwire {
    private static final String OWN = Tripwire.class.getPackageName() + ".";

    private Tripwire() {}

    /** Names the JDK's entry and the first code outside the JDK, from a stack that begins at the door. */
    static String message(StackTraceElement[] stack) {
        StackTraceElement entry = null;
        StackTraceElement caller = null;
        for (StackTraceElement frame : stack) {
            String name = frame.getClassName();
            if (name.startsWith(OWN) || name.equals("sun.nio.ch.Net") || name.equals("sun.nio.ch.sctp.SctpNet")) {
                continue;
            }
            if (entry == null) {
                entry = frame;
            }
            if (!isOfTheJdk(frame.getModuleName())) {
                caller = frame;
                break;
            }
        }
        String opener = entry == null ? "somebody" : entry.getClassName();
        return "atoll: " + opener + " would open a socket of the kernel, around the sandbox's network; called by "
                + (caller == null ? "the JDK itself" : caller.toString());
    }

    private static boolean isOfTheJdk(@Nullable String module) {
        return module != null && (module.startsWith("java.") || module.startsWith("jdk."));
    }
}
