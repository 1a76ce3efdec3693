package dev.atoll.stack.ndp;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.env.Cycle;
import dev.atoll.stack.env.Timer;
import dev.atoll.stack.nic.Device;
import dev.atoll.stack.nic.LocalAddress;

/**
 * The check of one tentative address for duplicates (RFC 4862 section 5.4): some questions, each waited for, and if
 * nobody objects the address is ours. Questions carry a nonce, so that one that a link loops back is not taken for
 * somebody else's (RFC 7527).
 */
final class DuplicateDetection {
    /** RFC 4861 section 10: MAX_RTR_SOLICITATION_DELAY, within which the first question is sent. */
    static final long MAX_DELAY_NS = 1_000_000_000L;

    /** Questions more once a loop was seen, MAX_MULTICAST_SOLICIT (RFC 7527 section 4.1). */
    static final int EXTRA_PROBES = 3;

    /** What comes of it. */
    interface Outcome {
        /** Nobody has the address. */
        void unique(DuplicateDetection detection);
    }

    private final Cycle cycle;
    private final NdpWriter writer;
    private final Device device;
    private final LocalAddress address;
    private final Outcome outcome;
    private final Timer timer;
    private int probesLeft;
    private long nonce;
    private boolean looped;

    DuplicateDetection(
            Cycle cycle, NdpWriter writer, Device device, LocalAddress address, int transmits, Outcome outcome) {
        this.cycle = cycle;
        this.writer = writer;
        this.device = device;
        this.address = address;
        this.outcome = outcome;
        probesLeft = transmits;
        timer = cycle.newTimer(this::expired);
    }

    LocalAddress address() {
        return address;
    }

    /** Begins after a random delay, so that hosts that start together do not ask together. */
    void start() {
        cycle.armIn(timer, cycle.rng().nextInt((int) MAX_DELAY_NS));
    }

    void stop() {
        timer.dispose();
    }

    private void expired() {
        if (probesLeft == 0) {
            timer.dispose();
            outcome.unique(this);
            return;
        }
        probesLeft--;
        nonce = cycle.rng().nextLong() >>> 16;
        cycle.armIn(timer, device.neighborTable().settings(false).retransmitNs());
        device.groups().report(address.address().solicitedNode());
        writer.probe(device, address.address(), nonce);
    }

    /** A question for the address came in; whether it is our own, come back. */
    boolean isOwn(long receivedNonce) {
        if (nonce == 0 || receivedNonce != nonce) {
            return false;
        }
        if (!looped) {
            looped = true;
            probesLeft += EXTRA_PROBES;
        }
        return true;
    }

    /** All but its address. */
    void archive(Archive archive) {
        probesLeft = archive.int32(probesLeft);
        nonce = archive.int64(nonce);
        looped = archive.bool(looped);
        timer.archive(archive);
    }
}
