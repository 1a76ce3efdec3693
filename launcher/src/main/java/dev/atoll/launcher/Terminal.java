package dev.atoll.launcher;

/** Atoll's own lines on stderr. */
public final class Terminal {
    private static final String MARK = "atoll: ";

    private Terminal() {}

    /** A message, each line of it marked as Atoll's. */
    public static void line(String text) {
        System.err.println(MARK + text.replace("\n", "\n" + MARK));
    }
}
