package dev.atoll.stack.link;

/**
 * By which link of a bridge an address was last heard of. As many places as there are, each address has a few it may be in,
 * and the one unheard of for the longest makes room: whoever invents addresses makes others be flooded, and no more.
 */
final class BridgeTable {
    /** {@link #find}: not heard of lately. */
    static final int UNKNOWN = -1;

    /** Places an address may be in. */
    private static final int WAYS = 4;

    private static final int SETS = 1024;

    private final long[] addresses = new long[SETS * WAYS];
    private final int[] ports = new int[SETS * WAYS];
    private final long[] heardNs = new long[SETS * WAYS];

    BridgeTable() {}

    private static int set(long address) {
        return (int) (address * 0x9e37_79b9_7f4a_7c15L >>> 54) * WAYS;
    }

    /** The address, which is not 0, was heard of. */
    void learn(long address, int port, long nowNs) {
        int place = set(address);
        for (int i = set(address); i < set(address) + WAYS; i++) {
            if (addresses[i] == address) {
                place = i;
                break;
            }
            boolean older = addresses[i] == 0 || heardNs[i] - heardNs[place] < 0;
            place = addresses[place] != 0 && older ? i : place;
        }
        addresses[place] = address;
        ports[place] = port;
        heardNs[place] = nowNs;
    }

    /** The link it is behind, or {@link #UNKNOWN}. */
    int find(long address, long nowNs) {
        for (int i = set(address); i < set(address) + WAYS; i++) {
            if (addresses[i] == address && nowNs - heardNs[i] < BridgeLink.AGEING_NS) {
                return ports[i];
            }
        }
        return UNKNOWN;
    }

    /** Nothing is behind a link any more. */
    void forget(int port) {
        for (int i = 0; i < addresses.length; i++) {
            if (ports[i] == port) {
                addresses[i] = 0;
            }
        }
    }
}
