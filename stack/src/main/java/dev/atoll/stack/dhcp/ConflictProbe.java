package dev.atoll.stack.dhcp;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.env.Cycle;
import dev.atoll.stack.env.Timer;
import dev.atoll.stack.nic.Device;
import dev.atoll.stack.wire.IpAddress;

/** Asks a link by ARP whether somebody has an address before it is used (RFC 5227 section 2.1). */
final class ConflictProbe {
    /** RFC 5227 section 1.1: PROBE_WAIT, PROBE_MIN, the span to PROBE_MAX, and ANNOUNCE_WAIT. */
    private static final int PROBE_WAIT_NS = 1_000_000_000;

    private static final long PROBE_MIN_NS = 1_000_000_000L;
    private static final int PROBE_SPAN_NS = 1_000_000_000;
    private static final long ANNOUNCE_WAIT_NS = 2_000_000_000L;

    private final Device device;
    private final Cycle cycle;
    private final IpAddress address;
    private final Runnable free;
    private final Timer timer;
    private int left;

    /**
     * @param free told when nobody has it
     */
    ConflictProbe(Device device, Cycle cycle, IpAddress address, int probes, Runnable free) {
        this.device = device;
        this.cycle = cycle;
        this.address = address;
        this.free = free;
        left = probes;
        timer = cycle.newTimer(this::expired);
    }

    void start() {
        cycle.armIn(timer, cycle.rng().nextInt(PROBE_WAIT_NS));
    }

    void stop() {
        timer.dispose();
    }

    void archive(Archive archive) {
        left = archive.int32(left);
        timer.archive(archive);
    }

    private void expired() {
        if (left == 0) {
            timer.dispose();
            free.run();
            return;
        }
        left--;
        cycle.armIn(
                timer, left == 0 ? ANNOUNCE_WAIT_NS : PROBE_MIN_NS + cycle.rng().nextInt(PROBE_SPAN_NS));
        device.probe(address);
    }

    /** Whether an ARP packet of somebody else shows that the address is taken, or about to be. */
    boolean isConflict(IpAddress sender, IpAddress target) {
        return sender.equals(address) || (sender.isUnspecified() && target.equals(address));
    }
}
