package dev.atoll.launcher.jar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.launcher.jar.Atoll.Result;
import dev.atoll.launcher.jar.Atoll.Running;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Signals sent to the launcher reach the program, once, whether a process or a terminal sends them. */
@Tag("jar")
@Timeout(240)
class SignalTest {
    private static final List<String> NO_LINK = List.of("--link", "none");

    @TempDir
    Path directory;

    @BeforeEach
    void needNamespaces() {
        Needs.namespaces();
    }

    /** Without a terminal, as under a service manager. */
    @Test
    void signals_withoutTerminal_arePassedOnOnce() throws Exception {
        Needs.needsCommand("setsid", "util-linux");
        Atoll atoll = new Atoll(directory).behind(List.of("setsid", "--wait"));
        List<String> names = List.of("HUP", "USR1", "WINCH", "CONT", "TERM");
        Result result;
        try (Running running = atoll.startProbe(
                List.of(
                        "--link",
                        "none",
                        "--status-file",
                        atoll.path("status.json").toString()),
                "signals:" + String.join(",", names),
                "say:ready",
                "await:" + atoll.path("enough"))) {
            running.awaitOutput("ready");
            long launcher = childOf(running.pid());
            for (String name : names) {
                send(name, launcher);
                running.awaitOutput("signal " + name);
            }
            atoll.file("enough");
            result = running.result().assertExit(0);
        }
        assertEquals("ready\nsignal " + String.join("\nsignal ", names) + "\n", result.stdout());
        assertEquals("", result.stderr());
    }

    /** HotSpot uses it for itself, and lets programs use it. */
    @Test
    void usr2_isPassedOn() throws Exception {
        Atoll atoll = new Atoll(directory);
        try (Running running = atoll.startProbe(NO_LINK, "signals:USR2,USR1", "say:ready", "wait")) {
            running.awaitOutput("ready").signal("USR2");
            running.awaitOutput("signal USR2");
        }
    }

    @Test
    void term_ofProgramWithoutHandler_endsItWith143() throws Exception {
        Atoll atoll = new Atoll(directory);
        Path status = atoll.path("status.json");
        Result result;
        try (Running running =
                atoll.startProbe(List.of("--link", "none", "--status-file", status.toString()), "say:ready", "wait")) {
            running.awaitOutput("ready").signal("TERM");
            result = running.result().assertExit(143);
        }
        assertEquals("", result.stderr());
        assertEquals("signalled", Json.read(status).text("outcome"));
        assertEquals("15", Json.read(status).text("signal"));
    }

    /** Ctrl-C at a terminal whose foreground group has the launcher and the program: once from the terminal, not twice. */
    @Test
    void terminal_keyForInterrupt_reachesTheProgramOnce() throws Exception {
        String text = onTerminal(
                "launch()",
                "expect('ready')",
                "os.write(master, b'\\x03')",
                "expect('signal INT')",
                "os.kill(launcher, signal.SIGTERM)",
                "expect('signal TERM')",
                "finish()");
        assertEquals(1, count(text, "signal INT"), text);
        assertEquals(1, count(text, "signal TERM"), text);
    }

    /** The window's size is the terminal's to tell; HUP sent by a process is passed on although there is a terminal. */
    @Test
    void terminal_sizeChange_reachesTheProgramOnce_hangupByProcessIsPassedOn() throws Exception {
        String text = onTerminal(
                "launch()",
                "expect('ready')",
                "fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack('HHHH', 50, 101, 0, 0))",
                "expect('signal WINCH')",
                "os.kill(launcher, signal.SIGHUP)",
                "expect('signal HUP')",
                "finish()");
        assertEquals(1, count(text, "signal WINCH"), text);
        assertEquals(1, count(text, "signal HUP"), text);
    }

    /** Ctrl-Z stops launcher and program; the shell's {@code fg} lets both go on, and the program hears it once. */
    @Test
    void terminal_stopAndContinue_stopsAndContinuesBoth() throws Exception {
        String text = onTerminal(
                "launch()",
                "expect('ready')",
                "os.write(master, b'\\x1a')",
                "await_stopped()",
                "os.killpg(launcher, signal.SIGCONT)",
                "expect('signal CONT')",
                "os.kill(launcher, signal.SIGUSR1)",
                "expect('signal USR1')",
                "finish()");
        assertEquals(1, count(text, "signal CONT"), text);
        assertEquals(1, count(text, "signal USR1"), text);
    }

    /** Runs a program at a pseudo-terminal, with what a person would do written in Python; gives what the terminal shows. */
    private String onTerminal(String... steps) throws Exception {
        Needs.needsCommand("python3", "python3");
        Atoll atoll = new Atoll(directory);
        List<String> words = new ArrayList<>(List.of("run", "--link", "none", "--"));
        words.addAll(atoll.probe("signals:INT,TERM,HUP,WINCH,CONT,USR1", "say:ready", "await:" + atoll.path("enough")));
        Path script = atoll.file(
                "terminal.py",
                "import fcntl, os, pty, select, signal, struct, sys, termios, time",
                "seen = b''",
                // A shell with job control: the launcher is a job in the foreground, its group not an orphaned one.
                "def launch():",
                "    global shell, launcher, master",
                "    out, into = os.pipe()",
                "    shell, master = pty.fork()",
                "    if shell == 0:",
                "        job = os.fork()",
                "        if job == 0:",
                "            os.setpgid(0, 0)",
                "            signal.signal(signal.SIGTTOU, signal.SIG_IGN)",
                "            os.tcsetpgrp(0, os.getpid())",
                "            signal.signal(signal.SIGTTOU, signal.SIG_DFL)",
                // A script may have started the tests in the background, where shells have these ignored.
                "            signal.signal(signal.SIGINT, signal.SIG_DFL)",
                "            signal.signal(signal.SIGQUIT, signal.SIG_DFL)",
                "            os.execv(sys.argv[2], sys.argv[2:])",
                "        os.write(into, b'%d' % job)",
                "        os.waitpid(job, 0)",
                "        os._exit(0)",
                "    launcher = int(os.read(out, 100))",
                "def read(limit):",
                "    global seen",
                "    if select.select([master], [], [], limit)[0]:",
                "        try:",
                "            seen += os.read(master, 65536)",
                "        except OSError:",
                "            return False",
                "    return True",
                "def expect(text):",
                "    end = time.monotonic() + 60",
                "    while text.encode() not in seen:",
                "        if time.monotonic() > end or not read(1):",
                "            sys.exit('no ' + text + ' in ' + repr(seen))",
                "def state(pid):",
                "    return open('/proc/%d/stat' % pid).read().rsplit(')', 1)[1].split()[0]",
                // Process 1 of the sandbox is not among them: the kernel does not stop the first of a PID namespace.
                "def jvms():",
                "    return [p for p in map(int, filter(str.isdigit, os.listdir('/proc')))",
                "            if process_group(p) == launcher and open('/proc/%d/comm' % p).read() == 'java\\n']",
                "def process_group(pid):",
                "    try:",
                "        return os.getpgid(pid)",
                "    except OSError:",
                "        return -1",
                "def await_stopped():",
                "    end = time.monotonic() + 60",
                "    while [state(p) for p in jvms()] != ['T', 'T']:",
                "        if time.monotonic() > end:",
                "            sys.exit('not stopped: ' + repr([(p, state(p)) for p in jvms()]))",
                "        time.sleep(0.05)",
                "def finish():",
                "    open(sys.argv[1], 'w').close()",
                "    while read(1):",
                "        if os.waitpid(shell, os.WNOHANG)[0]:",
                "            break",
                "    read(0.1)",
                "    sys.stdout.write(seen.decode())",
                String.join("\n", steps));
        List<String> command = new ArrayList<>(
                List.of("python3", script.toString(), atoll.path("enough").toString()));
        command.addAll(atoll.commandLine(words));
        return atoll.startCommand(command).result().assertExit(0).stdout();
    }

    private static int count(String text, String part) {
        return text.split(part, -1).length - 1;
    }

    private static void send(String name, long pid) {
        assertTrue(Needs.succeeds("kill", "-" + name, Long.toString(pid)), "the launcher runs");
    }

    /** Behind {@code setsid} the launcher is its child, or has taken its place. */
    private static long childOf(long pid) {
        ProcessHandle process = ProcessHandle.of(pid).orElseThrow();
        String name = process.info().command().orElse("");
        return name.endsWith("java")
                ? pid
                : process.children().findFirst().orElseThrow().pid();
    }
}
