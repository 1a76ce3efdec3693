package dev.atoll.shim.contract;

import org.junit.jupiter.api.Nested;

/** {@link SelectorContract} on each provider. */
class SelectorTest {
    @Nested
    class OnTheJdk extends SelectorContract {
        OnTheJdk() {
            super(JdkNet::new);
        }
    }

    @Nested
    class OnTheStack extends SelectorContract {
        OnTheStack() {
            super(ShimNet::overStack);
        }
    }

    @Nested
    class InMemory extends SelectorContract {
        InMemory() {
            super(ShimNet::inMemory);
        }
    }
}
