package dev.atoll.stack.nic;

import dev.atoll.stack.wire.IpAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whose packets to a group are wanted (RFC 3376 section 2, RFC 3810 section 3).
 *
 * @param exclude all senders but {@code sources}; else {@code sources} alone
 * @param sources without repetition; their order means nothing
 */
public record SourceFilter(boolean exclude, List<IpAddress> sources) {
    /** Everybody's: the group was joined without naming senders. */
    public static final SourceFilter ALL = new SourceFilter(true, List.of());
    /** Nobody's: the group is not joined. */
    public static final SourceFilter NONE = new SourceFilter(false, List.of());

    /** Only the sender's. */
    public static SourceFilter only(IpAddress source) {
        return new SourceFilter(false, List.of(source));
    }

    /** Whether packets of the sender are wanted. */
    public boolean wants(IpAddress source) {
        return sources.contains(source) != exclude;
    }

    /** Whether anybody's packets are wanted. */
    public boolean wantsAny() {
        return exclude || !sources.isEmpty();
    }

    /** The same with one source more in the list, or one less. */
    public SourceFilter with(IpAddress source, boolean listed) {
        List<IpAddress> changed = new ArrayList<>(sources);
        changed.remove(source);
        if (listed) {
            changed.add(source);
        }
        return new SourceFilter(exclude, List.copyOf(changed));
    }

    /** Whether both want the same. */
    public boolean isSame(SourceFilter other) {
        return exclude == other.exclude && sources.size() == other.sources.size() && sources.containsAll(other.sources);
    }

    public static SourceFilter archive(dev.atoll.stack.archive.Archive archive, @Nullable SourceFilter saved) {
        return java.util.Objects.requireNonNull(saved);
    }
}
