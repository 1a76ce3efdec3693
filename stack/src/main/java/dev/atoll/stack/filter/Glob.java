package dev.atoll.stack.filter;

/** Patterns in which {@code *} stands for any characters and {@code ?} for any one. */
final class Glob {
    private Glob() {}

    /** Whether the whole text is what a pattern means. Takes time in proportion to the product of their lengths at most. */
    static boolean matches(String pattern, String text) {
        int at = 0;
        int of = 0;
        int star = -1;
        int resumeAt = 0;
        while (of < text.length()) {
            if (at < pattern.length() && pattern.charAt(at) == '*') {
                star = at++;
                resumeAt = of;
            } else if (at < pattern.length() && (pattern.charAt(at) == '?' || pattern.charAt(at) == text.charAt(of))) {
                at++;
                of++;
            } else if (star >= 0) {
                // The last star takes one character more.
                at = star + 1;
                of = ++resumeAt;
            } else {
                return false;
            }
        }
        while (at < pattern.length() && pattern.charAt(at) == '*') {
            at++;
        }
        return at == pattern.length();
    }
}
