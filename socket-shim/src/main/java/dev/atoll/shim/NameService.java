package dev.atoll.shim;

import dev.atoll.stack.wire.IpAddress;
import java.net.UnknownHostException;
import java.util.List;

/** Looks names up for a sandbox. Calls may block; any thread may call. */
public interface NameService {
    /**
     * All addresses of a name, best first; never empty.
     *
     * @throws UnknownHostException if there are none
     */
    List<IpAddress> lookup(String host) throws UnknownHostException;

    /**
     * The name of an address.
     *
     * @throws UnknownHostException if it has none
     */
    String reverse(IpAddress address) throws UnknownHostException;

    /** This host's own name. */
    String localHostName();
}
