package dev.atoll.launcher.link;

import dev.atoll.launcher.LaunchException;
import dev.atoll.runtime.control.ControlRecord;
import dev.atoll.stack.wire.MacAddress;
import java.io.Closeable;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A link that is being made. Closed by the launcher at the end, whatever else happens. */
public interface OpenLink extends Closeable {
    /** How the program is to drive its end. */
    ControlRecord.LinkKind wire();

    /** The program's end, which it inherits; negative if there is none. */
    int programDescriptor();

    /** Bytes of the virtio-net header before each frame. */
    int headerBytes();

    /** The program's addresses and routes; null on a link that has no addresses. */
    @Nullable LinkAddresses addresses();

    /** The program's hardware address; null if any will do. */
    default @Nullable MacAddress mac() {
        return null;
    }

    /**
     * The largest IP packet.
     *
     * @param wanted by the user
     */
    default int mtuBytes(int wanted) {
        return wanted;
    }

    /** One line for the log and the status file. */
    String description();

    /**
     * Makes what others see of the link. Called once, after the program's end was handed to the sandbox and when nothing
     * the user said is left that could keep the program from starting: who makes a mistake makes no device.
     *
     * @throws LaunchException if that fails
     */
    default void bringUp() throws LaunchException {}

    /** The program has inherited its end: the launcher's copy of it is closed. */
    void handOver();

    /** What the launcher has to do for the link while the program runs; empty if the kernel does it. */
    default Optional<LinkService> service() {
        return Optional.empty();
    }

    /**
     * A second link of this kind, for JVMs that the program starts: made as {@link LinkRequest#shared} says, and not brought up yet.
     *
     * @param request without addresses
     * @return empty if there can be none beside this one
     * @throws LaunchException if it cannot be made
     */
    default Optional<OpenLink> beside(LinkRequest request) throws LaunchException {
        return Optional.empty();
    }

    /** Whether the {@link #service} must have its turn even if the program has ended by then; any thread. */
    default boolean isServiceAwaited() {
        return service().isPresent();
    }

    /** The program's stack has ended and nothing crosses the link any more: what takes time to give back may begin. */
    default void programLeaves() {}

    @Override
    void close();
}
