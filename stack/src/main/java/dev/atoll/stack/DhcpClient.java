package dev.atoll.stack;

import dev.atoll.stack.dhcp.DhcpInterface;
import dev.atoll.stack.hold.Hold;
import dev.atoll.stack.options.DhcpLease;
import org.jspecify.annotations.Nullable;

/**
 * The DHCPv4 client of one NIC (RFC 2131): asks servers on the link for an address, gives it and the routes that came
 * with it to the NIC, renews them, and takes them away when they end. Its messages pass the policy's OUTPUT and INPUT
 * chains. Methods may be called from any thread; none blocks for the network.
 */
public final class DhcpClient implements AutoCloseable {
    private final Hold hold;
    private final DhcpInterface dhcp;

    DhcpClient(Hold hold, DhcpInterface dhcp) {
        this.hold = hold;
        this.dhcp = dhcp;
    }

    /** What the NIC has by it now, or null. */
    public @Nullable DhcpLease lease() {
        return hold.query(dhcp::lease);
    }

    /**
     * Where the client is, in RFC 2131's words: INIT, SELECTING, REQUESTING, REBOOTING, BOUND, RENEWING, REBINDING; or
     * CHECKING while others are asked whether they have the address (RFC 5227), or STOPPED.
     */
    public String state() {
        return hold.query(() -> dhcp.state().name());
    }

    /** Gives the lease back to its server, takes it from the NIC, and ends. */
    public void release() {
        hold.query(() -> {
            dhcp.release();
            return true;
        });
    }

    /** Takes the lease from the NIC and ends; the server keeps it, so that the same address can be asked for again. */
    @Override
    public void close() {
        hold.query(() -> {
            dhcp.stop();
            return true;
        });
    }
}
