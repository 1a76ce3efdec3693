package dev.atoll.shim.contract;

import org.junit.jupiter.api.Nested;

/** {@link DatagramContract} on each provider. */
class DatagramTest {
    @Nested
    class OnTheJdk extends DatagramContract {
        OnTheJdk() {
            super(JdkNet::new);
        }
    }

    @Nested
    class OnTheStack extends DatagramContract {
        OnTheStack() {
            super(ShimNet::overStack);
        }
    }

    @Nested
    class InMemory extends DatagramContract {
        InMemory() {
            super(ShimNet::inMemory);
        }
    }
}
