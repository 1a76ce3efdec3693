package dev.atoll.inside;

import dev.atoll.stack.wire.IpAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What the program had asked for when it got an address: the last answer counts, and the {@value #MAX_ADDRESSES} addresses that
 * came last are known. Thread-safe.
 */
final class ResolvedNames {
    private static final int MAX_ADDRESSES = 4096;

    private final Map<IpAddress, String> names = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<IpAddress, String> eldest) {
            return size() > MAX_ADDRESSES;
        }
    };

    synchronized void note(String name, List<IpAddress> addresses) {
        for (IpAddress address : addresses) {
            // Not only put, which would leave an address that is asked for again the oldest.
            names.remove(address);
            names.put(address, name.toLowerCase(Locale.ROOT));
        }
    }

    /** The name, without a dot at its end; empty if the program did not get the address by one. */
    synchronized String of(IpAddress address) {
        String name = names.getOrDefault(address, "");
        return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    }
}
