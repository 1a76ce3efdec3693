package dev.atoll.launcher;

/** Atoll's own lines on stderr. */
public final class Terminal {
    private static final String MARK = "atoll: ";

    /** Line and paragraph separators, which some terminals and viewers begin a new line at. */
    private static final String SEPARATORS = "\u2028\u2029";

    private Terminal() {}

    /** A message, each line of it marked as Atoll's. */
    public static void line(String text) {
        System.err.println(MARK + text.replace("\n", "\n" + MARK));
    }

    /** A text from inside the sandbox without what could begin a line of its own or command a terminal. */
    public static String printable(String text) {
        StringBuilder safe = new StringBuilder(text.length());
        text.codePoints()
                .forEach(c -> safe.appendCodePoint(Character.isISOControl(c) || SEPARATORS.indexOf(c) >= 0 ? '?' : c));
        return safe.toString();
    }

    /** A failure nobody has a sentence for, in one line: what it is, and where in the code it was found. */
    public static String describe(Throwable failure) {
        StackTraceElement[] frames = failure.getStackTrace();
        String place = frames.length == 0 ? "" : " (at " + frames[0] + ")";
        return printable(failure.toString()) + place;
    }
}
