package dev.atoll.launcher.flow;

import java.util.regex.Pattern;

/** What is the same for who writes flow logs and who reads them. */
public final class FlowFormat {
    /** The version of records; changes when a field changes its meaning. */
    public static final int VERSION = 1;

    private static final Pattern NAME = Pattern.compile("[a-z0-9_-]{1,63}(\\.[a-z0-9_-]{1,63})*");

    /** RFC 1035 section 2.3.4, without the dot at the end. */
    private static final int MAX_NAME_LENGTH = 253;

    private FlowFormat() {}

    /** Whether it is a name that may stand in a record: small letters, digits, {@code -} and {@code _}, between dots. */
    public static boolean isName(String text) {
        return text.length() <= MAX_NAME_LENGTH && NAME.matcher(text).matches();
    }
}
