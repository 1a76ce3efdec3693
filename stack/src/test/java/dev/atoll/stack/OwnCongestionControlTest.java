package dev.atoll.stack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.congestion.CongestionControl;
import dev.atoll.stack.congestion.CongestionWindow;
import dev.atoll.stack.env.ManualClock;
import dev.atoll.stack.env.Rng;
import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.link.PipeLink;
import dev.atoll.stack.options.TcpTuning;
import dev.atoll.stack.socket.Endpoint;
import dev.atoll.stack.socket.EndpointOption;
import dev.atoll.stack.socket.TcpEndpoint;
import dev.atoll.stack.socket.TcpListener;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.testing.Requirement;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Congestion control that a stack's owner brings along. */
class OwnCongestionControlTest {
    private static final int WINDOW_SEGMENTS = 3;

    /** Never more than three segments, and notes what it is told. */
    private static final class Three implements CongestionControl {
        private final CongestionWindow window;
        private final List<String> told;

        Three(CongestionWindow window, List<String> told) {
            this.window = window;
            this.told = told;
            window.set(WINDOW_SEGMENTS);
        }

        @Override
        public String name() {
            return "three";
        }

        @Override
        public void acknowledged(int acked, long nowNs) {
            told.add("acknowledged");
            window.set(WINDOW_SEGMENTS);
        }

        @Override
        public void notLimiting(long nowNs) {
            told.add("notLimiting");
            window.set(WINDOW_SEGMENTS);
        }

        @Override
        public void measured(long rttNs, int sndUna, int sndNxt, long nowNs) {
            told.add("measured");
        }

        @Override
        public void paced() {
            told.add("paced");
        }

        @Override
        public int thresholdAfterLoss() {
            return WINDOW_SEGMENTS;
        }

        @Override
        public int windowAfterUndo(int priorWindow) {
            return WINDOW_SEGMENTS;
        }
    }

    private final List<String> told = new ArrayList<>();
    private final CongestionControl.Factory three = window -> new Three(window, told);

    /** Segments of the sender's first flight after the handshake. */
    private int firstFlight(TwoStacks net, TcpEndpoint sender) throws StackException {
        TcpListener listener = net.right.newTcpListener();
        listener.bind(new FullAddress(TwoStacks.RIGHT, 80));
        listener.listen(1);
        sender.connect(new FullAddress(TwoStacks.RIGHT, 80));
        net.settle();
        sender.write(ByteBuffer.allocate(10 * 1448));
        return sender.info().unacked();
    }

    @Test
    void ownControl_chosenByTuning_ofTheWholeStack() throws StackException {
        TcpTuning tuning = new TcpTuning();
        tuning.congestionControl = "three";
        try (TwoStacks net = TwoStacks.with(builder -> builder.tcp(tuning).congestionControl("three", three));
                TcpEndpoint sender = net.left.newTcpEndpoint()) {
            assertEquals("three", sender.getOption(EndpointOption.TCP_CONGESTION));
            assertEquals(WINDOW_SEGMENTS, firstFlight(net, sender));
            net.settle();
            assertTrue(told.contains("acknowledged") && told.contains("measured"), told::toString);
        }
    }

    @Test
    void ownControl_chosenByOption_isToldOfPacing() throws StackException {
        try (TwoStacks net = TwoStacks.with(builder -> builder.congestionControl("three", three));
                TcpEndpoint cubic = net.left.newTcpEndpoint();
                TcpEndpoint sender = net.left.newTcpEndpoint()) {
            assertEquals("cubic", cubic.getOption(EndpointOption.TCP_CONGESTION));
            sender.setOption(EndpointOption.SO_MAX_PACING_RATE, 1_000_000);
            sender.setOption(EndpointOption.TCP_CONGESTION, "three");
            assertEquals(List.of("paced"), told);
            firstFlight(net, sender);
            assertEquals(WINDOW_SEGMENTS, sender.info().sndCwnd());
        }
    }

    @Test
    @Requirement("RFC 9438 4.2-3")
    @Requirement("RFC 9438 5.8-1")
    void ownControl_windowNotFilled_isToldThatItDoesNotLimit() throws StackException {
        try (TwoStacks net = TwoStacks.with(builder -> builder.congestionControl("three", three));
                TcpEndpoint sender = net.left.newTcpEndpoint()) {
            sender.setOption(EndpointOption.TCP_CONGESTION, "three");
            firstFlight(net, sender);
            net.settle();
            told.clear();
            sender.write(ByteBuffer.allocate(1448));
            net.settle();
            assertEquals(List.of("measured", "notLimiting"), told);
        }
    }

    @Test
    void unknownName_isRefusedAsLinuxDoes() throws StackException {
        try (TwoStacks net = TwoStacks.with(builder -> builder.congestionControl("three", three));
                TcpEndpoint endpoint = net.left.newTcpEndpoint();
                TcpListener listener = net.left.newTcpListener()) {
            StackException unknown =
                    assertThrows(StackException.class, () -> endpoint.setOption(EndpointOption.TCP_CONGESTION, "four"));
            assertEquals(StackError.UNKNOWN_CONGESTION_CONTROL, unknown.error());
            assertEquals("cubic", endpoint.getOption(EndpointOption.TCP_CONGESTION));
            assertThrows(StackException.class, () -> listener.setOption(EndpointOption.TCP_CONGESTION, "four"));
            TcpTuning tuning = net.left.tcp();
            tuning.congestionControl = "four";
            IllegalArgumentException wrong =
                    assertThrows(IllegalArgumentException.class, () -> net.left.setTcp(tuning));
            assertEquals(
                    "congestionControl is four, expected one of [cubic, cubic-rfc9438, reno, three]",
                    wrong.getMessage());
        }
    }

    @Test
    void builder_refusesWhatCannotWork() {
        StackBuilder builder = Stack.builder().clock(new ManualClock()).rng(Rng.seeded(1));
        builder.congestionControl("three", three);
        for (String name : List.of("", "longer-than-fifteen", "cubic", "reno", "three", "other")) {
            assertThrows(IllegalArgumentException.class, () -> builder.congestionControl(name, three), name);
        }
        TcpTuning tuning = new TcpTuning();
        tuning.congestionControl = "four";
        builder.tcp(tuning);
        assertThrows(IllegalArgumentException.class, builder::build);
    }

    @Test
    void savedStack_isRestoredOnlyByWhoHasTheControl() throws Exception {
        ByteArrayOutputStream saved = new ByteArrayOutputStream();
        try (TwoStacks net = TwoStacks.with(builder -> builder.congestionControl("three", three));
                TcpEndpoint sender = net.left.newTcpEndpoint()) {
            sender.setOption(EndpointOption.TCP_CONGESTION, "three");
            firstFlight(net, sender);
            net.left.save(saved);
        }
        Restorer links = name -> PipeLink.pair(1500).left();
        StackException without = assertThrows(StackException.class, () -> Stack.builder()
                .clock(new ManualClock())
                .rng(Rng.seeded(1))
                .restore(new ByteArrayInputStream(saved.toByteArray()), links));
        assertEquals(StackError.INVALID, without.error());
        assertTrue(String.valueOf(without.getMessage()).contains("congestion control three"), without::getMessage);
        RestoredStack restored = Stack.builder()
                .clock(new ManualClock())
                .rng(Rng.seeded(1))
                .congestionControl("three", three)
                .restore(new ByteArrayInputStream(saved.toByteArray()), links);
        try (Stack stack = restored.stack()) {
            assertEquals(1, stack.endpoints().size());
            assertEquals(
                    List.of("three"),
                    restored.endpoints().stream()
                            .filter(TcpEndpoint.class::isInstance)
                            .map(OwnCongestionControlTest::control)
                            .toList());
        }
    }

    private static String control(Endpoint endpoint) {
        try {
            return endpoint.getOption(EndpointOption.TCP_CONGESTION);
        } catch (StackException e) {
            throw new IllegalStateException(e);
        }
    }

    /** RFC 5681 section 3.1, equation 4: whatever a congestion control says. */
    @Test
    void window_staysWithinItsBounds() {
        CongestionWindow window = new CongestionWindow();
        window.set(0);
        window.setThreshold(0);
        assertEquals(1, window.segments());
        assertEquals(CongestionWindow.MIN_THRESHOLD, window.threshold());
        window.set(Integer.MAX_VALUE);
        window.avoid(1, 10);
        assertEquals(CongestionWindow.MAX_SEGMENTS, window.segments());
    }
}
