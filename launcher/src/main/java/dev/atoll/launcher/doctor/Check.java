package dev.atoll.launcher.doctor;

import java.io.IOException;

/** Looks at one thing that the sandbox needs. */
interface Check {
    /** What is looked at, in a few words. */
    String subject();

    /**
     * Looks.
     *
     * @throws IOException if it could not look; that says nothing about what is there
     */
    Finding examine() throws IOException;
}
