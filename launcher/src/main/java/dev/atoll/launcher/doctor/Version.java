package dev.atoll.launcher.doctor;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The first two numbers of a version, which are all that is compared.
 *
 * @param minor 0 if there is none
 */
record Version(int major, int minor) implements Comparable<Version> {
    private static final Pattern NUMBERS = Pattern.compile("(?<![\\w.])(\\d{1,9})(?:\\.(\\d{1,9}))?");

    /** The first version in a text as programs print it: {@code unshare from util-linux 2.38.1}. */
    static Optional<Version> in(String text) {
        Matcher matcher = NUMBERS.matcher(text);
        if (!matcher.find()) {
            return Optional.empty();
        }
        String minor = matcher.group(2);
        return Optional.of(
                new Version(Integer.parseInt(matcher.group(1)), minor == null ? 0 : Integer.parseInt(minor)));
    }

    @Override
    public int compareTo(Version other) {
        return major != other.major ? Integer.compare(major, other.major) : Integer.compare(minor, other.minor);
    }

    @Override
    public String toString() {
        return major + "." + minor;
    }
}
