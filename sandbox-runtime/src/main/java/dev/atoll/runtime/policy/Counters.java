package dev.atoll.runtime.policy;

/**
 * The counters that iptables-save writes: {@code [packets:bytes]} before a rule or behind a policy. They must be well
 * formed and are then left alone, as iptables-restore does without {@code -c}: counting begins at 0.
 */
final class Counters {
    private static final int MAX_DIGITS = 20;

    private Counters() {}

    /** Whether it is {@code packets:bytes}, without the brackets. */
    static boolean isPair(String text) {
        int colon = text.indexOf(':');
        return colon > 0 && isCount(text.substring(0, colon)) && isCount(text.substring(colon + 1));
    }

    /** Reports a word that is no count. */
    static void check(Word word, Line line) {
        if (!isCount(word.text())) {
            line.error(word, "\"" + word.text() + "\" is no count of packets or bytes");
        }
    }

    private static boolean isCount(String text) {
        boolean digits = !text.isEmpty() && text.length() <= MAX_DIGITS;
        for (int i = 0; i < text.length(); i++) {
            digits &= text.charAt(i) >= '0' && text.charAt(i) <= '9';
        }
        return digits;
    }
}
