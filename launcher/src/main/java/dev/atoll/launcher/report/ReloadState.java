package dev.atoll.launcher.report;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How often a run's policy was read again.
 *
 * @param loadedAt when the one in force was read
 * @param reloads how often another came into force
 * @param failedReloads how often that failed
 * @param lastFailureAt when it last did, or null
 * @param lastFailure why, or null
 */
public record ReloadState(
        Instant loadedAt,
        int reloads,
        int failedReloads,
        @Nullable Instant lastFailureAt,
        @Nullable String lastFailure) {
    /** Before the first reload. */
    public static ReloadState first(Instant loadedAt) {
        return new ReloadState(loadedAt, 0, 0, null, null);
    }

    /** After another came into force. */
    public ReloadState loaded(Instant at) {
        return new ReloadState(at, reloads + 1, failedReloads, lastFailureAt, lastFailure);
    }

    /** After that failed. */
    public ReloadState failed(Instant at, String why) {
        return new ReloadState(loadedAt, reloads, failedReloads + 1, at, why);
    }
}
