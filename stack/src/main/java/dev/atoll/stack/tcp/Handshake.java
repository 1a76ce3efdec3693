package dev.atoll.stack.tcp;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.options.TcpTuning;
import dev.atoll.stack.wire.Tcp;
import dev.atoll.stack.wire.TcpState;
import org.jspecify.annotations.Nullable;

/**
 * The handshake of one connection, from either side, and what the two ends agree on in it (RFC 9293 section 3.5, RFC
 * 7323, RFC 2018, RFC 3168). The connection has its route and id when this begins.
 */
final class Handshake {
    private final Connection connection;
    private final TcpLayer layer;

    private boolean timestamps;
    private boolean sack;
    private boolean windowScaling;
    private int peerMss = TcpSettings.DEFAULT_MSS;

    private boolean retried;
    /** SYNs that were repeated because no answer came in time. */
    private int timeouts;

    private int firstStamp;
    private boolean firstAnswered;
    /** The peer has completed its part, and is not heard before it sends data. */
    private boolean acceptDeferred;

    private long openedNs;

    Handshake(Connection connection, TcpLayer layer) {
        this.connection = connection;
        this.layer = layer;
    }

    boolean usesTimestamps() {
        return timestamps;
    }

    boolean usesSack() {
        return sack;
    }

    boolean usesWindowScaling() {
        return windowScaling;
    }

    int peerMss() {
        return peerMss;
    }

    boolean wasRetried() {
        return retried;
    }

    /** The path lost more than one SYN: sending begins with one segment (RFC 5681 section 3.1, as Linux reads it). */
    boolean wasLossy() {
        return timeouts > 1 && !firstAnswered;
    }

    /** The segment that acknowledges our SYN; its timestamp may say that the first one had not been lost. */
    void acknowledged(Segment segment) {
        firstAnswered = timestamps && segment.options.hasTimestamps && segment.options.timestampEcho == firstStamp;
    }

    /** The timestamp of our first SYN. */
    int firstStamp() {
        return firstStamp;
    }

    // --- Opening

    /** Sends SYN (RFC 9293 section 3.10.1). */
    void open(int initialSequence) {
        connection.sender.start(initialSequence);
        offerOptions();
        connection.changeState(TcpState.SYN_SENT);
        layer.counters().tcpActiveOpens++;
        begin();
    }

    /** Answers a SYN that arrived at a listener (RFC 9293 section 3.10.7.2). */
    void answer(int initialSequence, Segment syn) {
        connection.sender.start(initialSequence);
        offerOptions();
        takeSyn(syn);
        connection.sender.peerWindow().set(syn.window, syn.seq, 0);
        openedNs = connection.nowNs();
        connection.changeState(TcpState.SYN_RECEIVED);
        layer.counters().tcpPassiveOpens++;
        begin();
    }

    /** A SYN met ours (RFC 9293 section 3.5, figure 7): both ends answer. */
    void answerSimultaneous() {
        connection.changeState(TcpState.SYN_RECEIVED);
        begin();
    }

    private void begin() {
        firstStamp = connection.timestampNow();
        sendSyn();
        connection.sender.retransmitter().armHandshake();
    }

    private void offerOptions() {
        TcpTuning settings = layer.settings();
        timestamps = settings.timestamps;
        windowScaling = settings.windowScaling;
        sack = settings.sack;
    }

    // --- Without remembering the SYN (RFC 4987)

    /** Answers a SYN with a cookie; this connection is forgotten then, and another made if the cookie comes back. */
    void answerWithCookie(Segment syn, int cookie) {
        offerOptions();
        if (!syn.options.hasTimestamps) {
            // Only timestamps can carry these until the peer answers.
            windowScaling = false;
            sack = false;
        }
        takeSyn(syn);
        if (timestamps) {
            int scale = windowScaling ? syn.options.windowScale : -1;
            int now = connection.timestampNow();
            connection.shiftTimestamps(SynCookies.stamp(now, scale, sack, connection.ecn.isInUse()) - now);
        } else {
            connection.ecn.forget();
        }
        connection.sender.start(cookie);
        sendSyn(/* answer= */ true);
    }

    /** Becomes what it would be had its SYN been remembered: the peer's ACK says what was in it. */
    void resume(Segment ack, int cookie, int mss) {
        connection.sender.start(cookie);
        offerOptions();
        Segment syn = new Segment();
        syn.flags = Tcp.SYN;
        syn.seq = ack.seq - 1;
        syn.options.mss = mss;
        if (ack.options.hasTimestamps) {
            int echo = ack.options.timestampEcho;
            firstStamp = echo;
            syn.options.hasTimestamps = true;
            syn.options.timestampValue = ack.options.timestampValue;
            syn.options.windowScale = SynCookies.windowScale(echo);
            syn.options.sackPermitted = SynCookies.hasSack(echo);
            syn.flags |= SynCookies.hasEcn(echo) ? Tcp.ECE | Tcp.CWR : 0;
        }
        takeSyn(syn);
        connection.sender.peerWindow().set(ack.window, syn.seq, 0);
        connection.sender.synSentUnseen();
        connection.receiver.synSentUnseen();
        connection.changeState(TcpState.SYN_RECEIVED);
        layer.counters().tcpPassiveOpens++;
    }

    // --- SYNs

    /** What the peer's SYN says about it. */
    void takeSyn(Segment syn) {
        Sender sender = connection.sender;
        Receiver receiver = connection.receiver;
        receiver.start(syn.seq);
        int asked = syn.options.mss == 0 ? connection.defaultMss() : syn.options.mss;
        peerMss = Math.max(asked, layer.settings().minMssBytes);
        timestamps &= syn.options.hasTimestamps;
        windowScaling &= syn.options.windowScale >= 0;
        sack &= syn.options.sackPermitted;
        connection.ecn.negotiate(syn, layer.settings().ecn);
        sender.setSack(sack);
        if (windowScaling) {
            if (syn.options.windowScale > TcpSettings.MAX_WINDOW_SCALE) {
                layer.counters().tcpWindowScalesTooLarge++;
            }
            sender.peerWindow().setScale(Math.min(syn.options.windowScale, TcpSettings.MAX_WINDOW_SCALE));
            receiver.setWindowScale(receiver.offeredWindowScale());
        }
        if (timestamps) {
            connection.rememberTimestamp(syn.options.timestampValue);
        }
        connection.applyMss();
    }

    private void sendSyn() {
        StackError refused = sendSyn(connection.state() == TcpState.SYN_RECEIVED);
        if (refused == null || refused == StackError.NOT_PERMITTED) {
            return;
        }
        if (layer.isRejected()) {
            // The answer is known before anyone could give one. A drop is silence.
            connection.fail(new StackException(refused, layer.denialText()));
        } else {
            // An address or a route is gone, perhaps for a moment: the next try may go out again.
            connection.noteTrouble(refused);
        }
    }

    private @Nullable StackError sendSyn(boolean answer) {
        connection.sender.synSent();
        int ecnFlags = connection.ecn.synFlags(answer, retried, layer.settings().ecn);
        return layer.writer().sendSyn(connection, connection.sender.iss, answer, ecnFlags);
    }

    /** No answer came in time. */
    void retransmit() {
        if (acceptDeferred && isAcceptDeferred()) {
            return; // The peer has our SYN-ACK and has said nothing else yet.
        }
        retried = true;
        timeouts++;
        repeat();
    }

    /** Sends SYN, or SYN with ACK, again. */
    void repeat() {
        connection.countRetransmission();
        sendSyn();
    }

    /** How often a SYN, or a SYN with ACK, is repeated. */
    int retries() {
        if (connection.state() == TcpState.SYN_SENT) {
            int set = connection.options().synRetries;
            return set == 0 ? layer.settings().synRetries : set;
        }
        return layer.settings().synAckRetries;
    }

    // --- Being accepted

    /** TCP_DEFER_ACCEPT: a peer that only completes the handshake is not heard yet; true if so. */
    boolean defersAccept(Segment segment) {
        acceptDeferred = segment.length() == 0 && isAcceptDeferred();
        return acceptDeferred;
    }

    private boolean isAcceptDeferred() {
        long deferNs = connection.options().deferAcceptSeconds * 1_000_000_000L;
        return connection.listener != null && connection.nowNs() - openedNs < deferNs;
    }

    void archive(Archive archive) {
        timestamps = archive.bool(timestamps);
        sack = archive.bool(sack);
        windowScaling = archive.bool(windowScaling);
        peerMss = archive.int32(peerMss);
        retried = archive.bool(retried);
        timeouts = archive.int32(timeouts);
        firstStamp = archive.int32(firstStamp);
        firstAnswered = archive.bool(firstAnswered);
        acceptDeferred = archive.bool(acceptDeferred);
        openedNs = archive.int64(openedNs);
    }
}
