package dev.atoll.stack.filter;

/**
 * What the connection table holds and did.
 *
 * @param flows in the table now, those included whose time is over but that nothing has met since
 * @param confirmed taken into the table
 * @param expired removed because their time was over
 * @param evicted removed, before their time was over, to make room
 * @param refused packets dropped because the table was full of flows that are not evicted
 * @param invalid packets that belonged to no flow and could not begin one
 */
public record ConnTrackStats(int flows, long confirmed, long expired, long evicted, long refused, long invalid) {
    /** Nothing tracks. */
    static final ConnTrackStats NONE = new ConnTrackStats(0, 0, 0, 0, 0, 0);
}
