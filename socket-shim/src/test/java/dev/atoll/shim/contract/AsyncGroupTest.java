package dev.atoll.shim.contract;

import org.junit.jupiter.api.Nested;

/** {@link AsyncGroupContract} on each provider. */
class AsyncGroupTest {
    @Nested
    class OnTheJdk extends AsyncGroupContract {
        OnTheJdk() {
            super(JdkNet::new);
        }
    }

    @Nested
    class OnTheStack extends AsyncGroupContract {
        OnTheStack() {
            super(ShimNet::overStack);
        }
    }

    @Nested
    class InMemory extends AsyncGroupContract {
        InMemory() {
            super(ShimNet::inMemory);
        }
    }
}
