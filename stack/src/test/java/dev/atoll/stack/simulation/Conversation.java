package dev.atoll.stack.simulation;

import dev.atoll.stack.env.StackError;
import dev.atoll.stack.wire.FullAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One connection as both its ends see it, and what they have to agree on. */
final class Conversation {
    /** After so long a closed end may have given up, though its peer has not: eight retries (tcp_orphan_retries). */
    private static final long ORPHAN_NS = TimeUnit.SECONDS.toNanos(90);

    /** How it ended for one end. */
    enum Outcome {
        /** It has not. */
        RUNNING,
        /** All was written and read, and the end of the peer's stream. */
        COMPLETE,
        /** It broke. */
        BROKEN,
        /** The host crashed. */
        GONE
    }

    /** One end. */
    static final class Side {
        private final Host host;
        private @Nullable Transfer transfer;
        private Outcome outcome = Outcome.RUNNING;
        private @Nullable StackError error;
        private boolean established;
        private long endedNs;
        private long endedHostNs;
        private long otherClosedForNs;

        private Side(Host host) {
            this.host = host;
        }

        void setTransfer(Transfer newTransfer) {
            transfer = newTransfer;
        }

        boolean isOver() {
            return outcome != Outcome.RUNNING;
        }

        boolean isComplete() {
            return outcome == Outcome.COMPLETE;
        }

        private boolean isAllSaid() {
            return transfer != null && transfer.isAllSaid();
        }

        void established() {
            established = true;
        }

        void complete(long nowNs) {
            end(Outcome.COMPLETE, nowNs);
        }

        private void end(Outcome how, long nowNs) {
            outcome = how;
            endedNs = nowNs;
            endedHostNs = host.clock().nowNs();
        }

        @Override
        public String toString() {
            return host + " " + outcome + (error == null ? "" : " by " + error) + ", " + transfer;
        }
    }

    private final String name;
    private final long beganNs;
    private final Transfer.Plan plan;
    private final Side client;
    private final Host serverHost;
    private @Nullable FullAddress from;
    private @Nullable Side server;

    /**
     * @param plan what the client is to do
     */
    Conversation(String name, long beganNs, Transfer.Plan plan, Host clientHost, Host serverHost) {
        this.name = name;
        this.beganNs = beganNs;
        this.plan = plan;
        this.serverHost = serverHost;
        client = new Side(clientHost);
    }

    long beganNs() {
        return beganNs;
    }

    Transfer.Plan plan() {
        return plan;
    }

    Side client() {
        return client;
    }

    void setFrom(@Nullable FullAddress address) {
        from = address;
    }

    boolean isFrom(FullAddress address) {
        FullAddress known = from;
        return known != null
                && known.port() == address.port()
                && known.address().equals(address.address());
    }

    /** The server's program got it. */
    Side accepted() {
        require(server == null, "is accepted twice");
        Side side = new Side(serverHost);
        server = side;
        return side;
    }

    void crashed(Host host, long nowNs) {
        crashed(client, host, nowNs);
        Side accepted = server;
        if (accepted != null) {
            crashed(accepted, host, nowNs);
        }
    }

    private static void crashed(Side side, Host host, long nowNs) {
        if (side.host == host && !side.isOver()) {
            side.end(Outcome.GONE, nowNs);
        }
    }

    void broken(Side side, StackError why, long nowNs) {
        Side other = side == client ? server : client;
        side.error = why;
        side.end(Outcome.BROKEN, nowNs);
        if (other != null && other.isComplete()) {
            side.otherClosedForNs = other.host.clock().nowNs() - other.endedHostNs;
        }
    }

    boolean isOver() {
        Side accepted = server;
        return client.isOver() && (accepted == null || accepted.isOver());
    }

    /**
     * Says whether an end may have come to its end as it did, with what the other end and the network went through.
     *
     * @throws AssertionError if not
     */
    void requireAgreement(Faults faults) {
        require(isOver(), "has no end");
        Side accepted = server;
        if (accepted == null) {
            requireNeverEstablished(faults);
            return;
        }
        requireSaid(client, accepted);
        requireSaid(accepted, client);
        requireReason(client, accepted);
        requireReason(accepted, client);
    }

    private void requireNeverEstablished(Faults faults) {
        boolean crashed = client.outcome == Outcome.GONE || serverHost.crashedBetween(beganNs, client.endedNs);
        require(client.outcome != Outcome.COMPLETE, "is complete, and nobody accepted it");
        require(crashed || !client.established, "was established, and nobody accepted it");
        // Three questions for a neighbour may all be lost without any fault.
        boolean neighbor = client.error == StackError.HOST_UNREACHABLE;
        require(
                crashed || neighbor || faults.anyBetween(beganNs, client.endedNs),
                "could not be opened, and the network had no fault");
    }

    /** Who read the end of the stream read all of it, so the other end had said all. */
    private void requireSaid(Side reader, Side writer) {
        require(!reader.isComplete() || writer.isAllSaid(), "is complete for one end and unsaid by the other");
    }

    /** A connection breaks only if the other host crashed, or gave up what its program had left to it. */
    private void requireReason(Side side, Side other) {
        if (side.outcome != Outcome.BROKEN) {
            return;
        }
        boolean crashed = other.host.crashedBetween(beganNs, side.endedNs);
        require(crashed || side.otherClosedForNs > ORPHAN_NS, "broke for no reason");
    }

    private void require(boolean ok, String otherwise) {
        if (!ok) {
            throw new AssertionError(this + " " + otherwise);
        }
    }

    @Override
    public String toString() {
        return name + " from " + from + " (client: " + client + "; server: "
                + (server == null ? "never accepted" : server) + ")";
    }
}
