package dev.atoll.stack.simulation;

import dev.atoll.stack.check.BadFrameException;
import dev.atoll.stack.check.EthernetFrame;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * One direction of a link: decides for each frame whether, when and in what shape it arrives.
 *
 * <p>Corruption turns over a burst of at most 15 neighbouring bits of the IP packet, which the checksums of IPv4, TCP
 * and UDP always find (RFC 1071's sum finds every burst shorter than its 16 bits), so a stack that passes one on to an
 * application is wrong; a TCP segment that is corrupt already is spared. The Ethernet header and ARP have no checksum the stack could see and are left alone: on a real
 * wire the frame check sequence guards them.
 */
final class Direction {
    private static final int ETHERNET_HEADER_BYTES = 14;
    private static final int ETHER_TYPE_OFFSET = 12;
    private static final int MAX_BURST_BITS = 15;
    /** Preamble, frame check sequence and the gap between frames, bytes. */
    private static final int WIRE_OVERHEAD_BYTES = 24;

    /** Where frames go that arrive. */
    interface Receiver {
        void arrives(long atNs, byte[] frame);
    }

    private final Chance chance;
    private final Receiver receiver;
    private Impairments impairments;
    private long lineFreeNs;
    /** When each frame that has not left will have. */
    private final Queue<Long> leavingNs = new ArrayDeque<>();

    private long lastArrivalNs;
    private int cuts;
    private final DirectionCounters counters = new DirectionCounters();

    Direction(Chance chance, Impairments impairments, Receiver receiver) {
        this.chance = chance;
        this.impairments = impairments;
        this.receiver = receiver;
    }

    void setImpairments(Impairments newImpairments) {
        impairments = newImpairments;
    }

    DirectionCounters counters() {
        return counters;
    }

    /** From now on every frame is lost, until {@link #mend} was called as often as this. What is under way arrives. */
    void cut() {
        cuts++;
    }

    /** Undoes one {@link #cut}. */
    void mend() {
        cuts--;
    }

    void send(long nowNs, byte[] frame) {
        counters.frames++;
        if (cuts > 0) {
            counters.cut++;
            return;
        }
        if (lineFreeNs - nowNs < 0) {
            lineFreeNs = nowNs;
        }
        while (!leavingNs.isEmpty() && leavingNs.peek() - nowNs <= 0) {
            leavingNs.remove();
        }
        // One leaves while the others wait.
        if (leavingNs.size() > impairments.queueFrames()) {
            counters.overflowed++;
            return;
        }
        lineFreeNs += transmissionNs(frame.length);
        if (lineFreeNs != nowNs) {
            leavingNs.add(lineFreeNs);
        }
        if (chance.happens(impairments.loss())) {
            counters.lost++;
            return;
        }
        if (impairments.pathMtuBytes() > 0 && frame.length - ETHERNET_HEADER_BYTES > impairments.pathMtuBytes()) {
            counters.tooLarge++;
            return;
        }
        byte[] arriving = frame;
        if (chance.happens(impairments.corrupt()) && isIpv4(frame) && isIntact(frame)) {
            arriving = corrupted(frame);
            counters.corrupted++;
        }
        arrive(arriving);
        if (chance.happens(impairments.duplicate())) {
            counters.duplicated++;
            arrive(arriving);
        }
    }

    private void arrive(byte[] frame) {
        counters.arriving++;
        long atNs = lineFreeNs + impairments.delayNs() + chance.upTo(impairments.jitterNs());
        if (chance.happens(impairments.reorder())) {
            counters.reordered++;
            receiver.arrives(atNs + chance.upTo(impairments.reorderNs()), frame);
            return;
        }
        if (atNs - lastArrivalNs < 0) {
            atNs = lastArrivalNs;
        }
        lastArrivalNs = atNs;
        receiver.arrives(atNs, frame);
    }

    private long transmissionNs(int frameBytes) {
        long rate = impairments.bitsPerSecond();
        return rate == 0 ? 0 : (frameBytes + WIRE_OVERHEAD_BYTES) * 8_000_000_000L / rate;
    }

    private static boolean isIpv4(byte[] frame) {
        int etherType = (frame[ETHER_TYPE_OFFSET] & 0xff) << 8 | (frame[ETHER_TYPE_OFFSET + 1] & 0xff);
        return etherType == EthernetFrame.IPV4 && frame.length > ETHERNET_HEADER_BYTES + 2;
    }

    /** Another direction may have corrupted it already, and two bursts can cancel out in a checksum. */
    private static boolean isIntact(byte[] frame) {
        try {
            FirstSyn.segment(EthernetFrame.decode(frame));
            return true;
        } catch (BadFrameException e) {
            return false;
        }
    }

    private byte[] corrupted(byte[] frame) {
        byte[] bad = frame.clone();
        int bits = (frame.length - ETHERNET_HEADER_BYTES) * 8;
        int length = chance.between(1, MAX_BURST_BITS);
        int first = ETHERNET_HEADER_BYTES * 8 + chance.between(0, bits - length);
        flip(bad, first);
        for (int i = 1; i < length - 1; i++) {
            if (chance.happens(0.5)) {
                flip(bad, first + i);
            }
        }
        if (length > 1) {
            flip(bad, first + length - 1);
        }
        return bad;
    }

    /** Bits are counted as they are on the wire: the highest of each byte first. */
    private static void flip(byte[] bytes, int bit) {
        bytes[bit / 8] ^= (byte) (0x80 >>> bit % 8);
    }
}
