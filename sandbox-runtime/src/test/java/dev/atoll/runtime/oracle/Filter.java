package dev.atoll.runtime.oracle;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/** A router whose rules can be changed: the kernel, or a stack. */
interface Filter extends AutoCloseable {
    /** The rules were not taken. */
    final class RefusedException extends Exception {
        private static final long serialVersionUID = 1;

        RefusedException(String message) {
            super(message);
        }
    }

    /** Puts rules in force in place of all others; no connection is known and nothing counted. */
    void load(String rules) throws Exception;

    /** Has a packet come or go, and waits for all that comes of it. */
    Outcome apply(Step step) throws Exception;

    /**
     * What was counted: for each chain, named by its table and itself, one line for its policy and one for each rule, in
     * the normal form, counters first.
     */
    Map<String, List<String>> counted() throws Exception;

    @Override
    void close() throws IOException;
}
