package dev.atoll.launcher.start;

import dev.atoll.launcher.ExitCode;
import dev.atoll.launcher.LaunchException;
import dev.atoll.launcher.sys.Libc;
import dev.atoll.launcher.sys.SystemCallException;
import java.io.Closeable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The launcher's side of the start chain's steps: the chain says a word when it has come to a point and waits for an
 * answer. Whatever else it says are messages of the programs in it, the reason if it ends early.
 */
final class StepSocket implements Closeable {
    private static final int MAX_MESSAGE_CHARS = 4096;

    private final int descriptor;
    private final byte[] buffer = new byte[1024];
    private final StringBuilder unread = new StringBuilder();
    private final StringBuilder messages = new StringBuilder();
    private final List<String> left = new ArrayList<>();

    StepSocket(int descriptor) {
        this.descriptor = descriptor;
    }

    /**
     * Waits until the chain says that word.
     *
     * @throws LaunchException with the chain's own messages if it ends before
     */
    void await(String word) throws SystemCallException, LaunchException {
        while (true) {
            int end;
            while ((end = unread.indexOf("\n")) >= 0) {
                String line = unread.substring(0, end);
                unread.delete(0, end + 1);
                if (line.equals(word)) {
                    return;
                }
                if (line.startsWith(ChainScript.LEFT)) {
                    left.add(line.substring(ChainScript.LEFT.length()));
                } else {
                    note(line);
                }
            }
            int count = Libc.read(descriptor, buffer);
            if (count == 0) {
                note(unread.toString());
                throw new LaunchException(ExitCode.MISSING, reason());
            }
            unread.append(new String(buffer, 0, count, StandardCharsets.UTF_8));
        }
    }

    /** What the chain has said until now of homes that it left as they were. */
    List<String> left() {
        return List.copyOf(left);
    }

    /** Lets the chain go on. */
    void answer() throws SystemCallException {
        Libc.write(descriptor, (ChainScript.GO + "\n").getBytes(StandardCharsets.US_ASCII));
    }

    private void note(String line) {
        if (!line.isBlank() && messages.length() + line.length() < MAX_MESSAGE_CHARS) {
            messages.append(messages.isEmpty() ? "" : "; ").append(line.strip());
        }
    }

    private String reason() {
        return "the sandbox cannot be made: " + (messages.isEmpty() ? "its first process was killed" : messages)
                + "; \"doctor\" says what is missing";
    }

    @Override
    public void close() {
        Libc.close(descriptor);
    }
}
