package dev.atoll.launcher.supervise;

import dev.atoll.launcher.start.SandboxProcess;
import dev.atoll.launcher.sys.Libc;
import dev.atoll.launcher.sys.SystemCallException;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Passes signals on to the program.
 *
 * <p>A terminal sends its signals to the whole foreground group, the program included. So those that a terminal can send
 * are passed on only while the launcher is not in the foreground of its terminal. Handlers run in threads of the JVM's.
 */
public final class Signals {
    private static final List<String> PASSED_ON = List.of("TERM", "HUP", "INT", "USR1", "USR2", "WINCH", "CONT");
    private static final Set<String> FROM_TERMINAL = Set.of("HUP", "INT", "WINCH", "CONT");

    private final SandboxProcess sandbox;
    private final Consumer<String> log;

    private Signals(SandboxProcess sandbox, Consumer<String> log) {
        this.sandbox = sandbox;
        this.log = log;
    }

    /**
     * Begins.
     *
     * @param log hears of what could not be passed on
     */
    public static void passOnTo(SandboxProcess sandbox, Consumer<String> log) {
        Signals signals = new Signals(sandbox, log);
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
        if (FROM_TERMINAL.contains(name) && terminalHasSentIt()) {
            return;
        }
        try {
            sandbox.signal(number);
        } catch (IOException e) {
            log.accept("signal " + name + " was not passed on: " + e.getMessage());
        }
    }

    private static boolean terminalHasSentIt() {
        int terminal;
        try {
            terminal = Libc.openTerminal("/dev/tty");
        } catch (SystemCallException e) {
            // No controlling terminal.
            return false;
        }
        try {
            return Libc.tcgetpgrp(terminal) == Libc.getpgrp();
        } catch (SystemCallException e) {
            // The line has been hung up, and whoever hung it up has told the group.
            return true;
        } finally {
            Libc.close(terminal);
        }
    }
}
