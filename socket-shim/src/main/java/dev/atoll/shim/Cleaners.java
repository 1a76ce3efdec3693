package dev.atoll.shim;

import java.lang.ref.Cleaner;

/** The one cleaner of the shim; its thread starts with the first socket. */
final class Cleaners {
    static final Cleaner CLEANER = Cleaner.create();

    private Cleaners() {}
}
