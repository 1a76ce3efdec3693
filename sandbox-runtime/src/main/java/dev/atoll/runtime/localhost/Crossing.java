package dev.atoll.runtime.localhost;

import java.nio.channels.SelectionKey;

/** What the loop watches a socket of the kernel for; the attachment of its key. */
interface Crossing {
    /** The socket is ready. On the loop's thread. */
    void ready(SelectionKey key);

    /** The loop ends: gives everything up. On the loop's thread. */
    void end();
}
