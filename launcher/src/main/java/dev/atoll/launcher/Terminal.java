package dev.atoll.launcher;

/** Atoll's own lines on stderr. */
public final class Terminal {
    private Terminal() {}

    /** Several lines that belong together; the first is marked as Atoll's. */
    public static void lines(String text) {
        System.err.println("atoll: " + text);
    }

    /** One line, marked as Atoll's. */
    public static void line(String text) {
        System.err.println("atoll: " + text.replace('\n', ' '));
    }
}
