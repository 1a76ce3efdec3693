package dev.atoll.launcher.start;

import dev.atoll.launcher.sys.Libc;

/**
 * A table for {@code mount --all --fstab}, in the form of {@code fstab(5)}.
 *
 * <p>{@code mount --all} passes over an entry if the same source is mounted at the same place already, hidden or not. So
 * the source is a name that nothing on the host has; it shows in {@code /proc/mounts} and means nothing.
 */
final class MountTable {
    private static final String SOURCE = "atoll-" + Libc.getpid();

    private final StringBuilder text = new StringBuilder();

    /**
     * Adds a file system, or a change of a mount.
     *
     * @param type the file system's, {@code none} for a change
     * @param options separated by commas
     */
    void add(String point, String type, String options) {
        entry(SOURCE, point, type, options);
    }

    /** Adds a mount of what is there upon itself. */
    void bind(String point, String options) {
        entry(escaped(point), point, "none", "bind," + options);
    }

    /** The same with what is mounted below it. */
    void bindAll(String point, String options) {
        entry(escaped(point), point, "none", options.isEmpty() ? "rbind" : "rbind," + options);
    }

    /** Adds a mount of a directory at another place. */
    void bindTo(String point, String directory) {
        entry(escaped(directory), point, "none", "bind");
    }

    private void entry(String source, String point, String type, String options) {
        text.append(source)
                .append(' ')
                .append(escaped(point))
                .append(' ')
                .append(type)
                .append(' ')
                .append(options)
                .append(" 0 0\n");
    }

    String text() {
        return text.toString();
    }

    private static String escaped(String word) {
        return word.replace("\\", "\\134")
                .replace(" ", "\\040")
                .replace("\t", "\\011")
                .replace("\n", "\\012");
    }
}
