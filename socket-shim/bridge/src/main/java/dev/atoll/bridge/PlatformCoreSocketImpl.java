package dev.atoll.bridge;

import sun.net.PlatformSocketImpl;

/**
 * A {@link CoreSocketImpl} in the place of the JDK's own implementation: its mark makes {@code ServerSocket.implAccept}
 * treat it as such, so that a program's own factories and subclasses work as they do on the JDK.
 */
public final class PlatformCoreSocketImpl extends CoreSocketImpl implements PlatformSocketImpl {
    public PlatformCoreSocketImpl(SocketCore core) {
        super(core);
    }
}
