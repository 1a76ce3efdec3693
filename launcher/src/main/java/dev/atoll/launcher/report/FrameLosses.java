package dev.atoll.launcher.report;

/**
 * Frames that the switch of JVMs did not deliver.
 *
 * @param toJvms for a JVM that had no room for them
 * @param toLink for the link they share, which had no room for them or did not take them
 * @param refused from a JVM that must not send them, or no Ethernet frames at all
 */
public record FrameLosses(long toJvms, long toLink, long refused) {
    /** All were delivered. */
    public static final FrameLosses NONE = new FrameLosses(0, 0, 0);
}
