package dev.atoll.runtime.control;

import java.io.IOException;

/** What arrived on the control descriptor is not a record in form. The connection is of no more use. */
public final class ControlFault extends IOException {
    private static final long serialVersionUID = 1;

    ControlFault(String message) {
        super(message);
    }

    ControlFault(String message, Throwable cause) {
        super(message, cause);
    }
}
