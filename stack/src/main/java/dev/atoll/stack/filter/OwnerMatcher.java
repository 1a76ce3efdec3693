package dev.atoll.stack.filter;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.env.Check;
import dev.atoll.stack.options.SocketOwner;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@code -m owner [!] --socket-exists}, {@code --uid-owner}, {@code --gid-owner} and {@code --suppl-groups}: who has sent a
 * packet, as Linux has it (xt_owner.c). What the stack sends of its own accord, and what a connection sends whose endpoint was
 * closed, has no socket: then conditions hold if they are negated.
 *
 * @param user null for any
 * @param group null for any
 * @param supplementaryGroups whether one of the further groups will do for {@code group}, which is there then
 */
public record OwnerMatcher(
        Socket socket, @Nullable Ids user, @Nullable Ids group, boolean supplementaryGroups)
        implements StandardMatcher {
    /** The largest id; the one above it stands for none. */
    public static final long MAX_ID = 0xffff_fffeL;

    /** Whether there has to be a socket. */
    public enum Socket {
        ANY,
        EXISTS,
        MISSING
    }

    /** Ids from the first to the last, or all others. */
    public record Ids(long first, long last, boolean negated) {
        public Ids {
            Check.argument(first >= 0 && first <= MAX_ID, "first", first, "0 to " + MAX_ID);
            Check.argument(last >= first && last <= MAX_ID, "last", last, "not below " + first + ", to " + MAX_ID);
        }

        boolean contains(long id) {
            return id >= first && id <= last;
        }
    }

    private static final Archive.Codec<Ids> IDS = new Archive.Codec<>() {
        @Override
        public Ids archive(Archive archive, @Nullable Ids value) {
            long first = archive.int64(value == null ? 0 : value.first());
            long last = archive.int64(value == null ? 0 : value.last());
            return new Ids(first, last, archive.bool(value != null && value.negated()));
        }
    };

    public OwnerMatcher {
        Check.argument(
                socket != Socket.ANY || user != null || group != null, "socket", socket, "a condition of some kind");
        Check.argument(!supplementaryGroups || group != null, "supplementaryGroups", true, "with a group");
    }

    @Override
    public Set<Hook> hooks() {
        return EnumSet.of(Hook.OUTPUT, Hook.POSTROUTING);
    }

    @Override
    public Result match(PacketContext context) {
        if (!context.packet().fromEndpoint) {
            return Matcher.of(socket != Socket.EXISTS && !supplementaryGroups && holdsOfNobody());
        }
        if (socket == Socket.MISSING) {
            return Result.NO;
        }
        SocketOwner owner = context.socketOwner();
        if (owner == null) {
            return Matcher.of(holdsOfNobody());
        }
        return Matcher.of((user == null || user.contains(owner.userId()) != user.negated())
                && (group == null || isIn(group, owner) != group.negated()));
    }

    private boolean holdsOfNobody() {
        return (user == null || user.negated()) && (group == null || group.negated());
    }

    private boolean isIn(Ids ids, SocketOwner owner) {
        boolean in = ids.contains(owner.groupId());
        List<Long> others = owner.supplementaryGroupIds();
        for (int i = 0; supplementaryGroups && !in && i < others.size(); i++) {
            in = ids.contains(others.get(i));
        }
        return in;
    }

    static OwnerMatcher archived(Archive archive, @Nullable OwnerMatcher value) {
        Socket socket = archive.constant(value == null ? Socket.ANY : value.socket());
        Ids user = archive.optional(value == null ? null : value.user(), IDS);
        Ids group = archive.optional(value == null ? null : value.group(), IDS);
        return new OwnerMatcher(socket, user, group, archive.bool(value != null && value.supplementaryGroups()));
    }
}
