package dev.atoll.examples.embedding;

import dev.atoll.stack.contract.MatcherContract;
import dev.atoll.stack.contract.TargetContract;
import dev.atoll.stack.contract.TcpProbeContract;
import dev.atoll.stack.contract.TransportProtocolContract;
import dev.atoll.stack.filter.Matcher;
import dev.atoll.stack.filter.Target;
import dev.atoll.stack.options.TcpProbe;
import dev.atoll.stack.protocol.TransportProtocol;
import org.junit.jupiter.api.Nested;

/** What the stack relies on in the parts that these programs bring. */
class OwnPartsTest {
    @Nested
    class OfMatcher extends MatcherContract {
        @Override
        protected Matcher newMatcher() {
            return OwnRule.LARGE;
        }
    }

    @Nested
    class OfTarget extends TargetContract {
        @Override
        protected Target newTarget() {
            return OwnRule.tally(new int[2]);
        }
    }

    @Nested
    class OfProtocol extends TransportProtocolContract {
        @Override
        protected TransportProtocol newProtocol() {
            return new OwnProtocol();
        }

        @Override
        protected byte[] packet(int number) {
            return new byte[] {0, 0, 0, (byte) number};
        }
    }

    @Nested
    class OfProbe extends TcpProbeContract {
        @Override
        protected TcpProbe newProbe() {
            return WindowProbe::print;
        }
    }
}
