package dev.atoll.shim.contract;

import org.junit.jupiter.api.Nested;

/** {@link FileTransferContract} on each provider. */
class FileTransferTest {
    @Nested
    class OnTheJdk extends FileTransferContract {
        OnTheJdk() {
            super(JdkNet::new);
        }
    }

    @Nested
    class OnTheStack extends FileTransferContract {
        OnTheStack() {
            super(ShimNet::overStack);
        }
    }

    @Nested
    class InMemory extends FileTransferContract {
        InMemory() {
            super(ShimNet::inMemory);
        }
    }
}
