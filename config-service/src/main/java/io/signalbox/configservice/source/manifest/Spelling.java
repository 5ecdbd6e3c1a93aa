package io.signalbox.configservice.source.manifest;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Guesses what a person meant to write. */
final class Spelling {
    private static final int MAX_DISTANCE = 2;

    private Spelling() {}

    /** The word that is nearest, if one is near. */
    static Optional<String> nearest(String text, Collection<String> words) {
        return words.stream()
                .filter(word -> distance(text, word) <= MAX_DISTANCE)
                .min(Comparator.comparingInt((String word) -> distance(text, word))
                        .thenComparing(Comparator.naturalOrder()));
    }

    /** Least number of letters to insert, remove or replace; case, {@code _} and {@code -} do not count. */
    private static int distance(String left, String right) {
        String a = plain(left);
        String b = plain(right);
        int[] previous = new int[b.length() + 1];
        int[] current = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            current[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(replaced, Math.min(previous[j], current[j - 1]) + 1);
            }
            int[] swap = previous;
            previous = current;
            current = swap;
        }
        return previous[b.length()];
    }

    private static String plain(String text) {
        return text.toLowerCase(Locale.ROOT).replace("_", "").replace("-", "");
    }
}
