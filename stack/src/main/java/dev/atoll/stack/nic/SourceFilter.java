package dev.atoll.stack.nic;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.wire.ArchivedValues;
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

    /** More senders than any member may name. */
    private static final int MAX_ARCHIVED = 1 << 16;

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

    /** Restored it is a new one. */
    public static SourceFilter archived(Archive archive, @Nullable SourceFilter value) {
        boolean exclude = archive.bool(value != null && value.exclude);
        List<IpAddress> sources = value == null ? new ArrayList<>() : new ArrayList<>(value.sources);
        archive.list(sources, MAX_ARCHIVED, ArchivedValues::address);
        return value == null ? new SourceFilter(exclude, List.copyOf(sources)) : value;
    }
}
