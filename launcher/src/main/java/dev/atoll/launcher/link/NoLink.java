package dev.atoll.launcher.link;

import dev.atoll.launcher.ExitCode;
import dev.atoll.launcher.LaunchException;
import dev.atoll.runtime.control.ControlRecord;
import org.jspecify.annotations.Nullable;

/** No link: the program has loopback only. */
public final class NoLink implements LinkKind {
    /** What {@code --link} calls it. */
    public static final String NAME = "none";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public OpenLink open(LinkRequest request) throws LaunchException {
        if (request.address() != null) {
            throw new LaunchException(
                    ExitCode.CONFIGURATION,
                    "link none: there is no link that could have the address " + request.address());
        }
        return new Open();
    }

    /** Nothing to hold. */
    private static final class Open implements OpenLink {
        @Override
        public ControlRecord.LinkKind wire() {
            return ControlRecord.LinkKind.NONE;
        }

        @Override
        public int programDescriptor() {
            return ControlRecord.NO_DESCRIPTOR;
        }

        @Override
        public int headerBytes() {
            return 0;
        }

        @Override
        public @Nullable LinkAddresses addresses() {
            return null;
        }

        @Override
        public String description() {
            return NAME;
        }

        @Override
        public void handOver() {
            // There is nothing to hand over.
        }

        @Override
        public void close() {
            // There is nothing to close.
        }
    }
}
