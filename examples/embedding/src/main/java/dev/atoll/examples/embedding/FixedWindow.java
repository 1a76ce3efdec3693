package dev.atoll.examples.embedding;

import dev.atoll.stack.congestion.CongestionControl;
import dev.atoll.stack.congestion.CongestionWindow;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.socket.EndpointOption;
import dev.atoll.stack.socket.TcpEndpoint;
import dev.atoll.stack.socket.TcpListener;
import dev.atoll.stack.wire.FullAddress;
import java.nio.ByteBuffer;

/** Congestion control of one's own: four segments are on their way at most, whatever becomes of them. */
final class FixedWindow implements CongestionControl {
    private static final int SEGMENTS = 4;

    private final CongestionWindow window;

    FixedWindow(CongestionWindow window) {
        this.window = window;
        window.set(SEGMENTS);
    }

    @Override
    public String name() {
        return "fixed";
    }

    @Override
    public void acknowledged(int acked, long nowNs) {
        window.set(SEGMENTS);
    }

    @Override
    public int thresholdAfterLoss() {
        return SEGMENTS;
    }

    @Override
    public int windowAfterUndo(int priorWindow) {
        return SEGMENTS;
    }

    public static void main(String[] args) throws StackException {
        try (Cable cable = new Cable(builder -> builder.congestionControl("fixed", FixedWindow::new), link -> link)) {
            TcpListener listener = cable.right.newTcpListener();
            listener.bind(new FullAddress(Cable.RIGHT, 80));
            listener.listen(1);
            TcpEndpoint sender = cable.left.newTcpEndpoint();
            sender.setOption(EndpointOption.TCP_CONGESTION, "fixed");
            sender.connect(new FullAddress(Cable.RIGHT, 80));
            cable.runUntil(() -> sender.readiness() != 0);
            sender.write(ByteBuffer.allocate(10_000));
            System.out.println(sender.info().unacked() + " segments are on their way");
            cable.runUntil(() -> sender.unacknowledgedBytes() == 0);
            System.out.println("all arrived, the window is " + sender.info().sndCwnd());
        }
    }
}
