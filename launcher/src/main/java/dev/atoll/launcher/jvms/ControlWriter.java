package dev.atoll.launcher.jvms;

import dev.atoll.launcher.sys.SystemCallException;
import dev.atoll.launcher.sys.UnixSocket;
import dev.atoll.runtime.control.ControlCodec;
import dev.atoll.runtime.control.ControlRecord.ToProgram;

/** Says something to a JVM that is not admitted. */
final class ControlWriter {
    private ControlWriter() {}

    static void say(UnixSocket to, ToProgram message) {
        try {
            to.write(ControlCodec.encode(message));
        } catch (SystemCallException e) {
            // It has gone and need not be told.
            return;
        }
    }
}
