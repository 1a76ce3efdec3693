package dev.atoll.launcher.cli;

import java.util.Collection;

/** Finds the word that somebody may have meant. */
public final class Suggestions {
    private Suggestions() {}

    /** {@code , did you mean "X"?} for the nearest word, or nothing if none is near. */
    public static String didYouMean(String word, Collection<String> known) {
        String nearest = "";
        // Farther than a third of the letters is another word.
        int least = Math.max(1, word.length() / 3) + 1;
        for (String candidate : known) {
            int distance = candidate.startsWith(word) && word.length() > 2 ? 1 : distance(word, candidate);
            if (distance < least) {
                least = distance;
                nearest = candidate;
            }
        }
        return nearest.isEmpty() ? "" : ", did you mean \"" + nearest + "\"?";
    }

    /** Letters to insert, drop, change or swap with their neighbour: the restricted Damerau-Levenshtein distance. */
    static int distance(String a, String b) {
        int[][] rows = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            rows[i][0] = i;
        }
        for (int j = 0; j <= b.length(); j++) {
            rows[0][j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            for (int j = 1; j <= b.length(); j++) {
                int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                int best = Math.min(rows[i - 1][j - 1] + change, Math.min(rows[i - 1][j], rows[i][j - 1]) + 1);
                boolean swapped =
                        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
                rows[i][j] = swapped ? Math.min(best, rows[i - 2][j - 2] + 1) : best;
            }
        }
        return rows[a.length()][b.length()];
    }
}
