package dev.atoll.stack.simulation;

import dev.atoll.stack.RestoredStack;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.socket.Endpoint;
import dev.atoll.stack.socket.EndpointOption;
import dev.atoll.stack.socket.TcpEndpoint;
import dev.atoll.stack.wire.TcpState;
import java.util.List;

/**
 * A program with one end of a {@link Conversation}: transfers, with pauses, and says how it ended. Keepalive is on, as a
 * program needs that waits for a host that may crash.
 */
final class StreamEnd extends Program {
    private static final int KEEP_IDLE_SECONDS = 75;
    private static final int KEEP_INTERVAL_SECONDS = 25;

    private final Flow flow;
    private final Conversation conversation;
    private final Conversation.Side side;
    private TcpEndpoint endpoint;
    private final Chance chance;
    private final Transfer transfer;
    private final Runnable whenOver;
    private boolean pausing;

    /**
     * @param whenOver called once, when it ended for this end; never if the host crashes
     */
    StreamEnd(
            Flow flow,
            Conversation conversation,
            Conversation.Side side,
            Transfer.Plan plan,
            TcpEndpoint endpoint,
            Runnable whenOver) {
        this.flow = flow;
        this.conversation = conversation;
        this.side = side;
        this.endpoint = endpoint;
        this.whenOver = whenOver;
        chance = flow.newChance();
        transfer = new Transfer(plan, chance, this::goesOn);
        side.setTransfer(transfer);
    }

    /** The server's end: the connection is there. */
    void accepted() {
        try {
            prepare();
            again();
        } catch (StackException e) {
            broken(e);
        }
    }

    void connect() {
        try {
            prepare();
            if (endpoint.connect(flow.pair().service())) {
                again();
            }
            conversation.setFrom(endpoint.localAddress());
        } catch (StackException e) {
            broken(e);
        }
    }

    private void prepare() throws StackException {
        endpoint.setOption(EndpointOption.SO_KEEPALIVE, true);
        endpoint.setOption(EndpointOption.TCP_KEEPIDLE, KEEP_IDLE_SECONDS);
        endpoint.setOption(EndpointOption.TCP_KEEPINTVL, KEEP_INTERVAL_SECONDS);
        endpoint.setReadinessListener(this);
    }

    private boolean goesOn() {
        if (!chance.happens(flow.pauses())) {
            return true;
        }
        pausing = true;
        SimNetwork network = flow.pair().network();
        network.at(network.nowNs() + flow.nextPauseNs(), () -> {
            pausing = false;
            again();
        });
        return false;
    }

    @Override
    void run() {
        if (side.isOver() || pausing) {
            return;
        }
        try {
            boolean complete = transfer.goOn(endpoint);
            if (endpoint.state() != TcpState.SYN_SENT) {
                side.established();
            }
            if (complete) {
                side.complete(flow.pair().network().nowNs());
                whenOver.run();
            }
        } catch (StackException e) {
            broken(e);
        }
    }

    private void broken(StackException why) {
        conversation.broken(side, why.error(), flow.pair().network().nowNs());
        endpoint.close();
        whenOver.run();
    }

    @Override
    void end() {
        endpoint.close();
    }

    @Override
    List<Endpoint> endpoints() {
        return List.of(endpoint);
    }

    @Override
    void moved(RestoredStack restored) {
        endpoint = again(restored, endpoint, TcpEndpoint.class);
    }
}
