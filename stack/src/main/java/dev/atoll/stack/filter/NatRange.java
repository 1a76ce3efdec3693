package dev.atoll.stack.filter;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.env.Check;
import dev.atoll.stack.wire.IpAddress;
import org.jspecify.annotations.Nullable;

/**
 * What an address and a port may be translated to: Linux's {@code nf_nat_range2}. ICMP queries have their identifier for a
 * port.
 *
 * @param firstAddress null: the address stays as it is
 * @param lastAddress of the same family, not below the first; null exactly if that is
 * @param firstPort 1 to 65535; 0: the port stays as it is unless another flow has it
 * @param lastPort not below the first; 0 exactly if that is
 * @param basePort the port that becomes the first of the range, as {@code --to-destination :8000-8010/5000} has it; others
 *     follow in their order, and those beyond the range begin it anew. 0: none
 * @param random {@code --random}: never the flow's own port
 * @param fullyRandom {@code --random-fully}; the same here, where every port is drawn
 * @param persistent {@code --persistent}: a source gets the same of several addresses whatever it talks to
 */
public record NatRange(
        @Nullable IpAddress firstAddress,
        @Nullable IpAddress lastAddress,
        int firstPort,
        int lastPort,
        int basePort,
        boolean random,
        boolean fullyRandom,
        boolean persistent) {
    /** Address and port as they are. */
    public static final NatRange ANY = new NatRange(null, null, 0, 0, 0, false, false, false);

    private static final int MAX_PORT = 0xffff;

    public NatRange {
        IpAddress first = firstAddress;
        IpAddress last = lastAddress;
        boolean addressesFit = first == null
                ? last == null
                : last != null && first.isV4() == last.isV4() && first.compareTo(last) <= 0;
        Check.argument(addressesFit, "lastAddress", lastAddress, "one of the first's family and not below it");
        Check.argument(firstPort >= 0 && firstPort <= MAX_PORT, "firstPort", firstPort, "0 to 65535");
        Check.argument(
                lastPort >= firstPort && lastPort <= MAX_PORT && (lastPort == 0) == (firstPort == 0),
                "lastPort",
                lastPort,
                "the first or a greater one, up to 65535");
        Check.argument(
                basePort >= 0 && basePort <= MAX_PORT && (basePort == 0 || firstPort != 0),
                "basePort",
                basePort,
                "a port, and only for a range of ports");
    }

    /** The same with these addresses. */
    public NatRange addresses(IpAddress first, IpAddress last) {
        return new NatRange(first, last, firstPort, lastPort, basePort, random, fullyRandom, persistent);
    }

    /** The same with one address. */
    public NatRange address(IpAddress address) {
        return addresses(address, address);
    }

    /** The same with these ports. */
    public NatRange ports(int first, int last) {
        return new NatRange(firstAddress, lastAddress, first, last, 0, random, fullyRandom, persistent);
    }

    /** Whether a range of ports is given. */
    public boolean hasPorts() {
        return firstPort != 0;
    }

    boolean drawsPort() {
        return random || fullyRandom;
    }

    boolean contains(long high, long low) {
        IpAddress first = firstAddress;
        IpAddress last = lastAddress;
        if (first == null || last == null) {
            return true;
        }
        return compare(first.high(), first.low(), high, low) <= 0 && compare(high, low, last.high(), last.low()) <= 0;
    }

    private static int compare(long aHigh, long aLow, long bHigh, long bLow) {
        int byHigh = Long.compareUnsigned(aHigh, bHigh);
        return byHigh == 0 ? Long.compareUnsigned(aLow, bLow) : byHigh;
    }

    boolean containsPort(int port) {
        return !hasPorts() || (port >= firstPort && port <= lastPort);
    }

    static NatRange archived(Archive archive, NatRange value) {
        return new NatRange(
                archive.optional(value.firstAddress, ArchivedRules.ADDRESS),
                archive.optional(value.lastAddress, ArchivedRules.ADDRESS),
                archive.int32(value.firstPort),
                archive.int32(value.lastPort),
                archive.int32(value.basePort),
                archive.bool(value.random),
                archive.bool(value.fullyRandom),
                archive.bool(value.persistent));
    }
}
