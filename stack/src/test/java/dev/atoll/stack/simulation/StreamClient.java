package dev.atoll.stack.simulation;

/** Begins the conversations of a {@link Flow}, one after the other. */
final class StreamClient extends Program {
    private final Flow flow;
    private final Host host;

    StreamClient(Flow flow) {
        this.flow = flow;
        host = flow.pair().client();
    }

    /** The next conversation begins after a pause. */
    void pause() {
        flow.pair().wake(this, flow.nextPauseNs());
    }

    @Override
    void run() {
        Conversation conversation = flow.next();
        StreamEnd end = new StreamEnd(
                flow,
                conversation,
                conversation.client(),
                conversation.plan(),
                host.stack().newTcpEndpoint(),
                () -> {
                    if (!flow.ended(conversation)) {
                        pause();
                    }
                });
        host.start(end);
        end.connect();
    }
}
