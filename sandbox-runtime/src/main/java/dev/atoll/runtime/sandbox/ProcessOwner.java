package dev.atoll.runtime.sandbox;

import dev.atoll.stack.options.SocketOwner;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** As whom this process sends: the ids that Linux gives a socket, as they are called in the program's user namespace. */
public final class ProcessOwner {
    private static final Path STATUS = Path.of("/proc/self/status");

    /** Of real, effective, saved and file system id the one that counts for files, sockets among them (proc(5)). */
    private static final int FILE_SYSTEM_ID = 3;

    private ProcessOwner() {}

    /** The ids of now. */
    public static SocketOwner read() throws IOException {
        return parse(Files.readString(STATUS, StandardCharsets.ISO_8859_1));
    }

    static SocketOwner parse(String status) throws IOException {
        List<Long> users = numbers(status, "Uid:");
        List<Long> groups = numbers(status, "Gid:");
        if (users.size() <= FILE_SYSTEM_ID || groups.size() <= FILE_SYSTEM_ID) {
            throw new IOException(STATUS + " does not tell the ids of this process");
        }
        return new SocketOwner(users.get(FILE_SYSTEM_ID), groups.get(FILE_SYSTEM_ID), numbers(status, "Groups:"));
    }

    private static List<Long> numbers(String status, String label) {
        List<Long> numbers = new ArrayList<>();
        int line = status.indexOf("\n" + label);
        if (line >= 0) {
            int from = line + 1 + label.length();
            int end = status.indexOf('\n', from);
            for (String word :
                    status.substring(from, end < 0 ? status.length() : end).split("[ \t]", -1)) {
                if (!word.isEmpty()) {
                    numbers.add(Long.valueOf(word));
                }
            }
        }
        return numbers;
    }
}
