package dev.atoll.launcher.link;

import dev.atoll.launcher.ExitCode;
import dev.atoll.launcher.LaunchException;
import dev.atoll.launcher.sys.Libc;
import dev.atoll.launcher.sys.SystemCallException;
import dev.atoll.runtime.control.ControlRecord;
import dev.atoll.stack.wire.Subnet;
import java.util.Optional;

/**
 * A Unix stream socket pair: the program has one end, the launcher's switch the other. It needs no privilege and touches
 * nothing of the host, so every sandbox can have the same addresses.
 */
public final class StreamLink implements LinkKind {
    /** What {@code --link} calls it. */
    public static final String NAME = "stream";

    private static final Subnet DEFAULT_SUBNET = Subnet.parse("10.66.0.0/30");
    private static final Subnet DEFAULT_SHARED_SUBNET = Subnet.parse("10.66.128.0/25");

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Open open(LinkRequest request) throws LaunchException {
        AddressPlan plan = request.address() == null
                ? AddressPlan.ofPair(request.shared() ? DEFAULT_SHARED_SUBNET : DEFAULT_SUBNET)
                : AddressPlan.of(request.address(), request.router());
        try {
            int[] pair = Libc.socketpair();
            return new Open(pair[0], pair[1], plan, request.mtuBytes());
        } catch (SystemCallException e) {
            throw new LaunchException(ExitCode.FAILED, "no socket pair for the link: " + e.getMessage(), e);
        }
    }

    /** Both ends until the program has its own. */
    public static final class Open implements OpenLink {
        private final int launcherEnd;
        private final int programEnd;
        private final AddressPlan plan;
        private final int mtuBytes;
        private boolean handedOver;
        private boolean taken;

        Open(int launcherEnd, int programEnd, AddressPlan plan, int mtuBytes) {
            this.launcherEnd = launcherEnd;
            this.programEnd = programEnd;
            this.plan = plan;
            this.mtuBytes = mtuBytes;
        }

        /** Who has which address. */
        public AddressPlan plan() {
            return plan;
        }

        /** The launcher's end, from now on the caller's to close. */
        public synchronized int takeLauncherEnd() {
            taken = true;
            return launcherEnd;
        }

        @Override
        public Optional<LinkService> service() {
            return Optional.of(loop -> RouterStack.start(takeLauncherEnd(), plan, mtuBytes, loop));
        }

        @Override
        public Optional<OpenLink> beside(LinkRequest request) throws LaunchException {
            return Optional.of(new StreamLink().open(request));
        }

        /** Before a program sends the router anything it asks for its hardware address, and who has ended cannot hear it. */
        @Override
        public boolean isServiceAwaited() {
            return false;
        }

        @Override
        public ControlRecord.LinkKind wire() {
            return ControlRecord.LinkKind.STREAM;
        }

        @Override
        public int programDescriptor() {
            return programEnd;
        }

        @Override
        public int headerBytes() {
            return 0;
        }

        @Override
        public LinkAddresses addresses() {
            return plan.ofProgram();
        }

        @Override
        public String description() {
            return NAME;
        }

        @Override
        public synchronized void handOver() {
            if (!handedOver) {
                handedOver = true;
                Libc.close(programEnd);
            }
        }

        @Override
        public synchronized void close() {
            handOver();
            if (!taken) {
                taken = true;
                Libc.close(launcherEnd);
            }
        }
    }
}
