package dev.atoll.runtime.link;

/**
 * What a link has done. Written under the stack's hold; read from elsewhere the numbers may lag a little.
 *
 * <p>Frames per system call, the measure of a link's cost, is {@code framesIn / readCalls} and {@code framesOut /
 * writeCalls}.
 */
public final class LinkCounters {
    long framesIn;
    long framesOut;
    long bytesIn;
    long bytesOut;
    long malformed;
    long lostOut;
    long refusedOut;
    long readCalls;
    long writeCalls;

    LinkCounters() {}

    /** Frames handed to the stack. */
    public long framesIn() {
        return framesIn;
    }

    /** Frames taken from the stack and given, or queued, to the host. */
    public long framesOut() {
        return framesOut;
    }

    /** Bytes of {@link #framesIn}, from the Ethernet header on. */
    public long bytesIn() {
        return bytesIn;
    }

    /** Bytes of {@link #framesOut}, from the Ethernet header on. */
    public long bytesOut() {
        return bytesOut;
    }

    /** Incoming frames dropped because what the link itself puts around them made no sense. */
    public long malformed() {
        return malformed;
    }

    /** Outgoing frames the host refused with an error: lost, as on a wire. */
    public long lostOut() {
        return lostOut;
    }

    /** Times the link had no room and the stack was told to wait. */
    public long refusedOut() {
        return refusedOut;
    }

    /** System calls that read, those that found nothing included. */
    public long readCalls() {
        return readCalls;
    }

    /** System calls that wrote, those that found no room included. */
    public long writeCalls() {
        return writeCalls;
    }

    @Override
    public String toString() {
        return "in " + framesIn + " frames, " + bytesIn + " bytes, " + malformed + " malformed, " + readCalls
                + " calls; out " + framesOut + " frames, " + bytesOut + " bytes, " + lostOut + " lost, " + refusedOut
                + " refused, " + writeCalls + " calls";
    }
}
