package dev.atoll.stack.options;

import dev.atoll.stack.archive.Archive;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whose code has opened an endpoint: that which connected it, or bound it to listen. A stack knows no code; who puts an API over
 * it says it by {@code SO_CALLER}.
 *
 * <p>Code is that of the first frame that belongs neither to the JDK nor to the API. Where there is none, as in a thread of
 * the JDK's own, {@code className}, {@code module}, {@code location} and {@code coordinates} are empty.
 *
 * @param className binary name of its class, {@code com.example.Client$Inner}
 * @param module name of its module; empty in the unnamed one
 * @param location where it was loaded from, as {@code CodeSource} tells it: {@code file:/app/lib/client.jar}; empty if unknown
 * @param coordinates what Maven calls it, {@code group:artifact:version}; empty if unknown
 * @param thread name of the thread
 * @param frames that frame and those that called it, {@code com.example.Client.open(Client.java:17)}, first called last, at most
 *     {@link #MAX_FRAMES}
 */
public record SocketCaller(
        String className, String module, String location, String coordinates, String thread, List<String> frames) {
    public static final int MAX_FRAMES = 8;

    /** Nobody said. */
    public static final SocketCaller UNKNOWN = new SocketCaller("", "", "", "", "", List.of());

    public SocketCaller {
        frames = List.copyOf(frames);
    }

    /** Whether somebody said. */
    public boolean isKnown() {
        return hasCode() || !thread.isEmpty();
    }

    /** What a packet carries of it: null if nobody said. */
    public @Nullable SocketCaller orNull() {
        return isKnown() ? this : null;
    }

    /** Whether there was a frame that is not the JDK's. */
    public boolean hasCode() {
        return !className.isEmpty();
    }

    /** The package of the class; empty if there is none. */
    public String packageName() {
        return className.substring(0, Math.max(0, className.lastIndexOf('.')));
    }

    /** The last name of the location, {@code client.jar}; of a jar within a jar that of the inner one. */
    public String jar() {
        int end = location.length();
        while (end > 0 && (location.charAt(end - 1) == '/' || location.charAt(end - 1) == '!')) {
            end--;
        }
        int slash = location.lastIndexOf('/', end - 1);
        int inner = location.lastIndexOf('!', end - 1);
        return location.substring(Math.max(slash, inner) + 1, end);
    }

    /**
     * Passes it through an archive; nothing is written of one that is not known.
     *
     * @param value while saving, the caller; while restoring, anything
     */
    public static SocketCaller archive(Archive archive, SocketCaller value) {
        if (!archive.bool(value.isKnown())) {
            return UNKNOWN;
        }
        List<String> frames = new ArrayList<>(value.frames());
        String className = archive.repeatedText(value.className());
        String module = archive.repeatedText(value.module());
        String location = archive.repeatedText(value.location());
        String coordinates = archive.repeatedText(value.coordinates());
        String thread = archive.repeatedText(value.thread());
        archive.list(frames, MAX_FRAMES, SocketCaller::archiveFrame);
        return new SocketCaller(className, module, location, coordinates, thread, frames);
    }

    private static String archiveFrame(Archive archive, @Nullable String value) {
        return archive.repeatedText(value == null ? "" : value);
    }
}
