package dev.atoll.launcher.supervise;

import dev.atoll.launcher.sys.Libc;
import dev.atoll.launcher.sys.SystemCallException;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Passes signals on to the program.
 *
 * <p>A terminal sends its signals to the whole foreground group, the program included, and a JVM cannot see who sent one.
 * So those that a terminal's keys and its size send are passed on only while the launcher is not in the foreground of its
 * terminal, and SIGHUP, by which a terminal says that it is gone, only while the terminal is there or if there never was
 * one; a launcher to which SIGHUP means something itself keeps it. Handlers run in threads of the JVM's.
 */
public final class Signals {
    private static final String HANGUP = "HUP";
    private static final List<String> PASSED_ON = List.of("TERM", HANGUP, "INT", "USR1", "USR2", "WINCH", "CONT");
    private static final Set<String> TO_FOREGROUND = Set.of("INT", "WINCH", "CONT");

    private final ProgramProcess program;
    private final Consumer<String> log;
    private final @Nullable Runnable onHangup;
    private final boolean hadTerminal = terminal() != Terminal.NONE;

    /** The terminal that controls this process. */
    private enum Terminal {
        NONE,
        /** This process is in its foreground. */
        FOREGROUND,
        BACKGROUND
    }

    private Signals(ProgramProcess program, Consumer<String> log, @Nullable Runnable onHangup) {
        this.program = program;
        this.log = log;
        this.onHangup = onHangup;
    }

    /**
     * Begins.
     *
     * @param log hears of what could not be passed on
     * @param onHangup what SIGHUP means to the launcher itself, which then keeps it; null for nothing
     */
    public static void passOnTo(ProgramProcess program, Consumer<String> log, @Nullable Runnable onHangup) {
        Signals signals = new Signals(program, log, onHangup);
        for (String name : PASSED_ON) {
            try {
                SignalDoor.handle(name, signals::arrived);
            } catch (IllegalArgumentException e) {
                // With -Xrs, or where the JVM keeps a signal to itself.
                log.accept("signal " + name + " cannot be passed on: " + e.getMessage());
            }
        }
    }

    private void arrived(String name, int number) {
        if (terminalHasSent(name)) {
            return;
        }
        Runnable own = onHangup;
        if (own != null && name.equals(HANGUP)) {
            own.run();
            return;
        }
        try {
            program.signal(number);
        } catch (IOException e) {
            log.accept("signal " + name + " was not passed on: " + e.getMessage());
        }
    }

    private boolean terminalHasSent(String name) {
        if (name.equals(HANGUP)) {
            return hadTerminal && terminal() == Terminal.NONE;
        }
        return TO_FOREGROUND.contains(name) && terminal() == Terminal.FOREGROUND;
    }

    private static Terminal terminal() {
        int terminal;
        try {
            terminal = Libc.openTerminal("/dev/tty");
        } catch (SystemCallException e) {
            // ENXIO: there is none, or it has been hung up and is nobody's any more.
            return Terminal.NONE;
        }
        try {
            return Libc.tcgetpgrp(terminal) == Libc.getpgrp() ? Terminal.FOREGROUND : Terminal.BACKGROUND;
        } catch (SystemCallException e) {
            // EIO: it has been hung up since.
            return Terminal.NONE;
        } finally {
            Libc.close(terminal);
        }
    }
}
