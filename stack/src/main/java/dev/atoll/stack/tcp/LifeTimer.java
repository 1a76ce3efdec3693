package dev.atoll.stack.tcp;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.env.Timer;

/**
 * Ends a connection that has nothing left to live for, or of which nothing is heard: keepalive (RFC 9293 section 3.8.4),
 * FIN_WAIT_2 of an orphan, TIME_WAIT. Never two of them at once, so there is one timer.
 */
final class LifeTimer implements Timer.Action {
    private static final long SECOND_NS = 1_000_000_000;

    private final Connection connection;
    private final TcpLayer layer;
    private final Timer timer;

    private int probesSent;

    LifeTimer(Connection connection, TcpLayer layer) {
        this.connection = connection;
        this.layer = layer;
        timer = layer.cycle().newTimer(this);
    }

    int probesSent() {
        return probesSent;
    }

    void startKeepalive() {
        probesSent = 0;
        layer.cycle().armIn(timer, connection.options().keepIdleSeconds * SECOND_NS);
    }

    /** Keepalive was turned on, perhaps again. */
    void ensureKeepalive() {
        if (!timer.isArmed()) {
            startKeepalive();
        }
    }

    /** The idle time before the first probe is another: what has passed of it counts. */
    void restartKeepalive() {
        layer.cycle().armIn(timer, Math.max(connection.options().keepIdleSeconds * SECOND_NS - quietNs(), 0));
    }

    private long quietNs() {
        return connection.nowNs() - connection.stats().lastHeardNs;
    }

    void startTimeWait() {
        layer.cycle().armIn(timer, TcpSettings.TIME_WAIT_NS);
    }

    /** An orphan waits for FIN only so long (tcp_fin_timeout, TCP_LINGER2). */
    void startFinWait2() {
        int set = connection.options().finWait2Seconds;
        if (set < 0) {
            connection.end();
            return;
        }
        int seconds = set == 0 ? layer.settings().finTimeoutSeconds : set;
        layer.cycle().armIn(timer, seconds * SECOND_NS);
    }

    /** Something acceptable came from the peer. */
    void heard() {
        probesSent = 0;
    }

    void dispose() {
        timer.dispose();
    }

    @Override
    public void fire() {
        switch (connection.state()) {
            case TIME_WAIT -> connection.end();
            case FIN_WAIT_2 -> {
                if (connection.isOrphan()) {
                    connection.end();
                } else {
                    keepaliveExpired();
                }
            }
            // FIN_WAIT_1 has a timer of its own, but leads to a state that may have none.
            case ESTABLISHED, CLOSE_WAIT, FIN_WAIT_1 -> keepaliveExpired();
            case CLOSED, LISTEN, SYN_SENT, SYN_RECEIVED, CLOSING, LAST_ACK -> {
                // What is in flight has a timer of its own.
            }
        }
    }

    /** RFC 9293 section 3.8.4: only if nothing was heard, and nothing is in flight that would be retransmitted. */
    private void keepaliveExpired() {
        ConnectionOptions options = connection.options();
        if (!options.keepAlive) {
            return;
        }
        long quietNs = quietNs();
        long idleNs = options.keepIdleSeconds * SECOND_NS;
        if (!connection.sender.isIdle() || quietNs < idleNs) {
            probesSent = 0;
            layer.cycle().armIn(timer, Math.max(idleNs - quietNs, SECOND_NS));
            return;
        }
        boolean late = options.userTimeoutMs > 0 && probesSent > 0 && quietNs >= options.userTimeoutMs * 1_000_000L;
        if (late || (options.userTimeoutMs == 0 && probesSent >= options.keepCount)) {
            layer.writer().sendReset(connection, connection.sender.sndMax());
            connection.fail(new StackException(StackError.TIMED_OUT));
            return;
        }
        probesSent++;
        connection.sendKeepalive();
        layer.cycle().armIn(timer, options.keepIntervalSeconds * SECOND_NS);
    }

    void archive(Archive archive) {
        timer.archive(archive);
        probesSent = archive.int32(probesSent);
    }
}
