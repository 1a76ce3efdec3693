package dev.atoll.launcher.report;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A JVM that the program has started.
 *
 * @param pid as the launcher sees it
 * @param address its address and prefix length, or null if it has loopback alone
 * @param loopbackOnly why it has loopback alone, or null if it has not
 * @param startedAt when it was admitted
 * @param lostFrames frames for it that it had no room for
 * @param refusedFrames frames of its own that it must not send
 */
public record RunningJvm(
        int pid,
        @Nullable String address,
        @Nullable String loopbackOnly,
        Instant startedAt,
        long lostFrames,
        long refusedFrames) {}
