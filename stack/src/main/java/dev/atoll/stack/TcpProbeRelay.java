package dev.atoll.stack;

import dev.atoll.stack.options.TcpProbe;

/** Passes what a probe is told out of the stack's hold. */
record TcpProbeRelay(EventQueue events, TcpProbe probe) implements TcpProbe {
    @Override
    public void onSegment(Event event) {
        events.add(() -> probe.onSegment(event));
    }

    @Override
    public void onPathDoubted(Doubt doubt) {
        events.add(() -> probe.onPathDoubted(doubt));
    }
}
