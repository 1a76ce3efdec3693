package dev.atoll.shim.contract;

import org.junit.jupiter.api.Nested;

/** {@link ChannelContract} on each provider. */
class ChannelTest {
    @Nested
    class OnTheJdk extends ChannelContract {
        OnTheJdk() {
            super(JdkNet::new);
        }
    }

    @Nested
    class OnTheStack extends ChannelContract {
        OnTheStack() {
            super(ShimNet::overStack);
        }
    }

    @Nested
    class InMemory extends ChannelContract {
        InMemory() {
            super(ShimNet::inMemory);
        }
    }
}
