package dev.atoll.launcher.jar;

import dev.atoll.launcher.LaunchException;
import dev.atoll.launcher.link.LinkAddresses;
import dev.atoll.launcher.link.LinkKind;
import dev.atoll.launcher.link.LinkRequest;
import dev.atoll.launcher.link.LinkService;
import dev.atoll.launcher.link.OpenLink;
import dev.atoll.launcher.link.StreamLink;
import dev.atoll.runtime.control.ControlRecord;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** {@code --link lonely}: somebody's kind of link, a stream link of which there is one alone. */
public final class LonelyLink implements LinkKind {
    /** For {@link java.util.ServiceLoader}. */
    public LonelyLink() {}

    @Override
    public String name() {
        return "lonely";
    }

    @Override
    public OpenLink open(LinkRequest request) throws LaunchException {
        return new Lonely(new StreamLink().open(request));
    }

    private record Lonely(OpenLink stream) implements OpenLink {
        @Override
        public ControlRecord.LinkKind wire() {
            return stream.wire();
        }

        @Override
        public int programDescriptor() {
            return stream.programDescriptor();
        }

        @Override
        public int headerBytes() {
            return stream.headerBytes();
        }

        @Override
        public @Nullable LinkAddresses addresses() {
            return stream.addresses();
        }

        @Override
        public String description() {
            return "lonely";
        }

        @Override
        public void handOver() {
            stream.handOver();
        }

        @Override
        public Optional<LinkService> service() {
            return stream.service();
        }

        @Override
        public void close() {
            stream.close();
        }
    }
}
