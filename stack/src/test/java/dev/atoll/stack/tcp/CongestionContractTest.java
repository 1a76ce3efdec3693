package dev.atoll.stack.tcp;

import dev.atoll.stack.congestion.CongestionControl;
import dev.atoll.stack.congestion.CongestionWindow;
import dev.atoll.stack.contract.CongestionControlContract;
import org.junit.jupiter.api.Nested;

/** The built-in congestion controls keep the contract. */
class CongestionContractTest {
    @Nested
    class OfCubic extends CongestionControlContract {
        @Override
        protected CongestionControl create(CongestionWindow window) {
            return new Cubic(window);
        }
    }

    @Nested
    class OfLetterCubic extends CongestionControlContract {
        @Override
        protected CongestionControl create(CongestionWindow window) {
            return new LetterCubic(window);
        }
    }

    @Nested
    class OfNewReno extends CongestionControlContract {
        @Override
        protected CongestionControl create(CongestionWindow window) {
            return new NewReno(window);
        }
    }
}
