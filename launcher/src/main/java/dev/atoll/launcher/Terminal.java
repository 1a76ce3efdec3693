package dev.atoll.launcher;

/** Atoll's own lines on stderr. */
public final class Terminal {
    private Terminal() {}

    /** One line, marked as Atoll's. */
    public static void line(String text) {
        System.err.println("atoll: " + text.replace('\n', ' '));
    }
}
