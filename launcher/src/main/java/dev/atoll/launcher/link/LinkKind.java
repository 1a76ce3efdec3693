package dev.atoll.launcher.link;

import dev.atoll.launcher.LaunchException;

/**
 * A way to carry the program's frames. Providers are found by {@link java.util.ServiceLoader} under the name that {@code
 * --link} gives; the built-in ones are not looked up, since the program waits for its link.
 */
public interface LinkKind {
    /** What {@code --link} calls it. */
    String name();

    /**
     * Makes a link, before the program starts.
     *
     * @throws LaunchException if it cannot be made here, with the reason
     */
    OpenLink open(LinkRequest request) throws LaunchException;
}
