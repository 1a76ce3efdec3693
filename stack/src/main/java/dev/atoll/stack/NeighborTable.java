package dev.atoll.stack;

import dev.atoll.stack.env.NeighborSettings;
import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.hold.Hold;
import dev.atoll.stack.nic.NeighborTableView;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.MacAddress;
import java.util.List;

/** The neighbours a NIC knows. Methods may be called from any thread. */
public final class NeighborTable {
    private final Hold hold;
    private final NeighborTableView view;

    NeighborTable(Hold hold, NeighborTableView view) {
        this.hold = hold;
        this.view = view;
    }

    /**
     * One neighbour.
     *
     * @param linkAddress zero while it is not known
     * @param state one of INCOMPLETE, REACHABLE, STALE, DELAY, PROBE, STATIC, FAILED (RFC 4861 section 7.3.2)
     * @param isRouter it said so (IPv6)
     * @param updatedNs the clock's monotonic time at which state or link address last changed
     */
    public record Entry(IpAddress address, MacAddress linkAddress, String state, boolean isRouter, long updatedNs) {}

    static Entry toEntry(NeighborTableView.Entry entry) {
        return new Entry(
                entry.address(), entry.linkAddress(), entry.state().name(), entry.isRouter(), entry.updatedNs());
    }

    /** All entries, the oldest first. */
    public List<Entry> list() {
        return hold.query(() -> view.list().stream().map(NeighborTable::toEntry).toList());
    }

    /**
     * Sets an entry that never changes by itself.
     *
     * @throws StackException NO_BUFFER_SPACE if there are as many as there may be
     */
    public void setStatic(IpAddress address, MacAddress linkAddress) throws StackException {
        hold.call(() -> {
            if (!view.setStatic(address, linkAddress)) {
                throw new StackException(StackError.NO_BUFFER_SPACE, address.toString());
            }
            return true;
        });
    }

    /**
     * Notes a link address that a neighbour is said to have: it is used, and probed as one that was learned is. An entry
     * set by hand stays.
     */
    public void addHint(IpAddress address, MacAddress linkAddress) {
        hold.query(() -> {
            view.hint(address, linkAddress);
            return true;
        });
    }

    /**
     * Has the NIC answer for another host, whose packets it passes on ({@code ip neigh add proxy}): where it forwards the
     * address's family, questions on its link for that address are answered with its own link address (RFC 1027, RFC 4861
     * section 7.2.8), and those to everybody after up to 0.8 s.
     *
     * @throws StackException INVALID for an address that no host has; NO_BUFFER_SPACE if there are as many as there may be
     */
    public void addProxy(IpAddress address) throws StackException {
        hold.call(() -> {
            if (address.isMulticast() || address.isUnspecified() || address.isLimitedBroadcast()) {
                throw new StackException(StackError.INVALID, address.toString());
            }
            if (!view.proxies().add(address)) {
                throw new StackException(StackError.NO_BUFFER_SPACE, address.toString());
            }
            return true;
        });
    }

    /**
     * Answers for another host no longer.
     *
     * @throws StackException BAD_LOCAL_ADDRESS if it did not
     */
    public void removeProxy(IpAddress address) throws StackException {
        hold.call(() -> {
            if (!view.proxies().remove(address)) {
                throw new StackException(StackError.BAD_LOCAL_ADDRESS, address.toString());
            }
            return true;
        });
    }

    /** The other hosts that the NIC answers for, in the order in which they were added. */
    public List<IpAddress> proxies() {
        return hold.query(() -> view.proxies().list());
    }

    /** The timers and limits of a family. */
    public NeighborSettings settings(boolean ipv4) {
        return hold.query(() -> view.settings(ipv4));
    }

    /** Changes the timers and limits of a family; entries that wait go on as they are. */
    public void setSettings(boolean ipv4, NeighborSettings settings) {
        hold.query(() -> {
            view.setSettings(ipv4, settings);
            return true;
        });
    }

    /**
     * Forgets one entry.
     *
     * @throws StackException BAD_LOCAL_ADDRESS if there is none
     */
    public void remove(IpAddress address) throws StackException {
        hold.call(() -> {
            if (!view.remove(address)) {
                throw new StackException(StackError.BAD_LOCAL_ADDRESS, address.toString());
            }
            return true;
        });
    }

    /** Forgets everything that was learned or set. */
    public void clear() {
        hold.query(() -> {
            view.clear();
            return true;
        });
    }
}
