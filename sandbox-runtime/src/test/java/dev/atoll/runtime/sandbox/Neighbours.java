package dev.atoll.runtime.sandbox;

import dev.atoll.runtime.host.HostNamespace;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** What the kernel of a namespace knows of who is where on its links. */
final class Neighbours {
    private Neighbours() {}

    /** Waits until the kernel believes that an address is at a link address. */
    static void await(HostNamespace namespace, String address, String linkAddress) throws Exception {
        long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        String known = "";
        while (!known.contains(linkAddress)) {
            if (System.nanoTime() - endNs > 0) {
                throw new AssertionError(address + " is not at " + linkAddress + ": " + known);
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
            known = namespace.run("ip", "neighbour", "show", address);
        }
    }
}
