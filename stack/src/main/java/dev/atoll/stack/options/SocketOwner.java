package dev.atoll.stack.options;

import java.util.List;

/**
 * As whom the program sends that uses a stack: what rules with {@code -m owner} ask for. A stack knows no processes; who hosts
 * it says it.
 *
 * @param userId 0 to 2^32 - 2, as all three
 * @param supplementaryGroupIds the further groups, in any order
 */
public record SocketOwner(long userId, long groupId, List<Long> supplementaryGroupIds) {
    public SocketOwner {
        supplementaryGroupIds = List.copyOf(supplementaryGroupIds);
    }
}
