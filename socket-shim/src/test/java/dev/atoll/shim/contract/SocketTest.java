package dev.atoll.shim.contract;

import org.junit.jupiter.api.Nested;

/** {@link SocketContract} on each provider. */
class SocketTest {
    @Nested
    class OnTheJdk extends SocketContract {
        OnTheJdk() {
            super(JdkNet::new);
        }
    }

    @Nested
    class OnTheStack extends SocketContract {
        OnTheStack() {
            super(ShimNet::overStack);
        }
    }

    @Nested
    class InMemory extends SocketContract {
        InMemory() {
            super(ShimNet::inMemory);
        }
    }
}
