package dev.atoll.runtime.policy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Users and groups of the machine by name: what iptables asks getpwnam and getgrnam, as far as it stands in files. */
public final class Accounts {
    private static final Path USERS = Path.of("/etc/passwd");
    private static final Path GROUPS = Path.of("/etc/group");
    private static final int NAME = 0;
    private static final int ID = 2;
    private static final int GROUP_ID = 3;

    private Accounts() {}

    /** The id of a user, or -1. */
    public static long user(String name) {
        return find(USERS, NAME, name, ID);
    }

    /** The id of a group, or -1. */
    public static long group(String name) {
        return find(GROUPS, NAME, name, ID);
    }

    /** The id of the group that a user has by itself, or -1. */
    public static long groupOf(long user) {
        return find(USERS, ID, String.valueOf(user), GROUP_ID);
    }

    private static long find(Path file, int key, String wanted, int value) {
        String text;
        try {
            // Each byte a character: names are compared, nothing else is read.
            text = Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            // Without the file there are no names, and the rule that has one is refused.
            return -1;
        }
        for (String line : text.split("\n", -1)) {
            String[] fields = line.split(":", -1);
            if (fields.length > Math.max(key, value) && fields[key].equals(wanted)) {
                return Numbers.parse(fields[value], OwnerSyntax.MAX_ID);
            }
        }
        return -1;
    }
}
