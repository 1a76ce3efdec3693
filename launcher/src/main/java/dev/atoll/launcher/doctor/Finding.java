package dev.atoll.launcher.doctor;

import java.util.Locale;

/**
 * What a check found.
 *
 * @param detail what is there, or what is wrong with it
 * @param advice what to do about it; empty if there is nothing to do
 */
record Finding(Status status, String detail, String advice) {
    /** How the sandbox fares with it. */
    enum Status {
        /** As needed. */
        OK,
        /** The sandbox works, with less than it could have. */
        WARN,
        /** The sandbox does not work. */
        MISSING;

        /** As it is printed. */
        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    static Finding ok(String detail) {
        return new Finding(Status.OK, detail, "");
    }

    static Finding warn(String detail, String advice) {
        return new Finding(Status.WARN, detail, advice);
    }

    static Finding missing(String detail, String advice) {
        return new Finding(Status.MISSING, detail, advice);
    }
}
