package dev.atoll.examples.embedding;

import dev.atoll.stack.congestion.CongestionControl;
import dev.atoll.stack.congestion.CongestionWindow;
import dev.atoll.stack.contract.CongestionControlContract;

/** What TCP relies on. */
class FixedWindowTest extends CongestionControlContract {
    @Override
    protected CongestionControl create(CongestionWindow window) {
        return new FixedWindow(window);
    }
}
