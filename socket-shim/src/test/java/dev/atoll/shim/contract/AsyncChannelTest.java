package dev.atoll.shim.contract;

import org.junit.jupiter.api.Nested;

/** {@link AsyncChannelContract} on each provider. */
class AsyncChannelTest {
    @Nested
    class OnTheJdk extends AsyncChannelContract {
        OnTheJdk() {
            super(JdkNet::new);
        }
    }

    @Nested
    class OnTheStack extends AsyncChannelContract {
        OnTheStack() {
            super(ShimNet::overStack);
        }
    }

    @Nested
    class InMemory extends AsyncChannelContract {
        InMemory() {
            super(ShimNet::inMemory);
        }
    }
}
