package dev.atoll.launcher.reload;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.atoll.launcher.ExitCode;
import dev.atoll.launcher.LaunchException;
import dev.atoll.launcher.sys.Errno;
import dev.atoll.launcher.sys.Libc;
import dev.atoll.launcher.sys.SystemCallException;
import dev.atoll.launcher.sys.UnixSocket;
import dev.atoll.launcher.sys.UnixSocket.Peer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The command {@code reload}: has a run read its policy again, and says what came of it. */
public final class ReloadCommand {
    private static final Path SOCKETS = Path.of("/proc/net/unix");
    private static final Pattern DOOR = Pattern.compile(" @" + ReloadDoor.NAME + "(\\d+)$");
    private static final Pattern PID = Pattern.compile("\\d{1,9}");

    private final PrintStream out;

    /**
     * @param out where the answer goes
     */
    public ReloadCommand(PrintStream out) {
        this.out = out;
    }

    /**
     * Returns the exit code.
     *
     * @param run the launcher's process id, or the status file of a run; null for the only one there is
     */
    public int run(@Nullable String run) throws LaunchException {
        int pid;
        if (run == null) {
            pid = only();
        } else {
            pid = PID.matcher(run).matches() ? Integer.parseInt(run) : ofStatusFile(Path.of(run));
        }
        return ask(pid);
    }

    private static int only() throws LaunchException {
        List<Integer> found = new ArrayList<>();
        try {
            for (String line : Files.readAllLines(SOCKETS, StandardCharsets.UTF_8)) {
                Matcher door = DOOR.matcher(line);
                if (door.find() && isMine(Integer.parseInt(door.group(1)))) {
                    found.add(Integer.valueOf(door.group(1)));
                }
            }
        } catch (IOException e) {
            throw new LaunchException(ExitCode.FAILED, "reload: " + SOCKETS + " cannot be read: " + e.getMessage(), e);
        }
        if (found.isEmpty()) {
            throw refused("there is no run of yours that has a policy");
        } else if (found.size() > 1) {
            throw refused("there are several runs, name one by its process id or its status file: " + found);
        }
        return found.get(0);
    }

    /** Whether the process is this user's; root's are all. */
    private static boolean isMine(int pid) throws IOException {
        Path process = Path.of("/proc", Integer.toString(pid));
        int user = Libc.geteuid();
        return Files.exists(process)
                && (user == 0 || Files.getAttribute(process, "unix:uid").equals(user));
    }

    private static int ofStatusFile(Path file) throws LaunchException {
        try (JsonParser json = new JsonFactory().createParser(Files.readString(file, StandardCharsets.UTF_8))) {
            while (json.nextToken() != null) {
                if (json.currentToken() == JsonToken.FIELD_NAME
                        && json.currentName().equals("launcherPid")) {
                    return json.nextIntValue(-1);
                }
            }
        } catch (IOException e) {
            throw new LaunchException(
                    ExitCode.CONFIGURATION, "reload: " + file + " is no status file: " + e.getMessage(), e);
        }
        throw refused(file + " is the status file of no run that goes on");
    }

    private int ask(int pid) throws LaunchException {
        try (UnixSocket door = UnixSocket.connect(ReloadDoor.NAME + pid)) {
            Peer peer = door.peer();
            int user = Libc.geteuid();
            if (peer.pid() != pid || (peer.userId() != user && user != 0)) {
                throw refused("process " + pid + " is no run of yours");
            }
            return say(readAll(door));
        } catch (SystemCallException e) {
            if (e.errno() == Errno.ECONNREFUSED) {
                throw refused("process " + pid + " is no run, or has no policy that could be read again");
            }
            throw new LaunchException(ExitCode.FAILED, "reload: " + e.getMessage(), e);
        }
    }

    private static String readAll(UnixSocket from) throws SystemCallException {
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        byte[] bytes = new byte[4096];
        int count = from.read(bytes);
        while (count > 0) {
            answer.write(bytes, 0, count);
            count = from.read(bytes);
        }
        return answer.toString(StandardCharsets.UTF_8);
    }

    private int say(String answer) throws LaunchException {
        int end = answer.indexOf('\n');
        if (end <= 0) {
            throw new LaunchException(ExitCode.FAILED, "reload: the run ended without an answer");
        }
        out.println(answer.substring(end + 1));
        return Integer.parseInt(answer.substring(0, end));
    }

    private static LaunchException refused(String why) {
        return new LaunchException(ExitCode.CONFIGURATION, "reload: " + why);
    }
}
