package dev.atoll.launcher.report;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A run, as it was started.
 *
 * @param command the program's command as the user gave it
 * @param link the link, {@code tap:atoll0}
 * @param address the program's address and prefix length, or null on a link without
 * @param router the next hop, or null
 * @param dns the DNS servers in the order they are asked
 * @param policies the files the rules came from; none: there is no filter
 * @param debug where debuggers attach, or null
 * @param capture the capture file, or null
 * @param startedAt when the program was let go
 */
public record RunDescription(
        List<String> command,
        String link,
        @Nullable String address,
        @Nullable String router,
        List<String> dns,
        List<Path> policies,
        @Nullable String debug,
        @Nullable Path capture,
        Instant startedAt) {
    public RunDescription {
        command = List.copyOf(command);
        dns = List.copyOf(dns);
    }
}
