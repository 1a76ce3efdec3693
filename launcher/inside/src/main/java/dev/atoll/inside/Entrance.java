package dev.atoll.inside;

import dev.atoll.bridge.Doors;
import dev.atoll.runtime.control.ControlCodec;
import dev.atoll.runtime.control.ControlRecord;
import dev.atoll.runtime.control.ControlRecord.Admitted;
import dev.atoll.runtime.control.ControlRecord.Refused;
import dev.atoll.runtime.control.ControlRecord.Ticket;
import dev.atoll.runtime.control.ControlRecord.ToProgram;
import dev.atoll.runtime.control.ControlStream;
import dev.atoll.runtime.link.HostAccess;
import dev.atoll.runtime.link.HostDescriptor;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How a JVM comes by its connections to the launcher: the launcher has started it with both as descriptors, or another program of
 * the sandbox has, and it asks for them at the launcher's door.
 */
final class Entrance {
    /** Number of the inherited control descriptor. */
    private static final int CONTROL_FD = 3;

    private static final Path DOOR = Path.of(ControlRecord.DOOR);

    private final FileDescriptor descriptor;
    private final ControlStream control;

    /** Null for descriptors that were inherited. */
    private final @Nullable Ticket ticket;

    /** Kept for as long as the JVM lives: it owns the descriptor. */
    @SuppressWarnings("unused") // So that nothing collects it.
    private final @Nullable SocketChannel channel;

    private Entrance(
            FileDescriptor descriptor,
            ControlStream control,
            @Nullable Ticket ticket,
            @Nullable SocketChannel channel) {
        this.descriptor = descriptor;
        this.control = control;
        this.ticket = ticket;
        this.channel = channel;
    }

    /** Needs {@code java.io} open to this module. */
    static Entrance inherited() throws IOException {
        FileDescriptor descriptor = HostAccess.descriptor(CONTROL_FD);
        return new Entrance(descriptor, streamOf(descriptor), null, null);
    }

    /**
     * Asks at the door; before the JDK is edited, and {@code java.io} and {@code sun.nio.ch} must be open to this module.
     *
     * @throws IOException if there is no door, or the launcher refuses
     */
    static Entrance byDoor() throws IOException {
        Doors.rememberPlatform();
        SocketChannel channel = Doors.platformProvider().openSocketChannel(StandardProtocolFamily.UNIX);
        try {
            channel.connect(UnixDomainSocketAddress.of(DOOR));
        } catch (IOException e) {
            channel.close();
            throw new IOException("the launcher does not listen at " + DOOR + " (" + e.getMessage() + ")", e);
        }
        // Plain streams upon the descriptor: an interrupt would close the channel.
        FileDescriptor descriptor = HostAccess.descriptor(channel);
        ControlStream control = streamOf(descriptor);
        control.write(new ControlRecord.Hello());
        ToProgram answer = control.read();
        if (answer instanceof Admitted admitted) {
            return new Entrance(descriptor, control, admitted.ticket(), channel);
        }
        channel.close();
        throw new IOException(
                answer instanceof Refused refused ? refused.reason() : "the launcher ends and admits nobody");
    }

    private static ControlStream streamOf(FileDescriptor descriptor) {
        return new ControlStream(new FileInputStream(descriptor), new FileOutputStream(descriptor));
    }

    /** The control connection. */
    ControlStream control() {
        return control;
    }

    /** What is under it. */
    FileDescriptor descriptor() {
        return descriptor;
    }

    /** The link that the launcher has described. */
    HostDescriptor openLink(ControlRecord.Link link) throws IOException {
        if (ticket == null) {
            return HostDescriptor.adopt(link.descriptor());
        }
        HostDescriptor opened = HostDescriptor.connect(DOOR, Doors.platformProvider());
        ByteBuffer opening = ByteBuffer.wrap(ControlCodec.encode(new ControlRecord.LinkOpening(ticket)));
        if (opened.write(opening) < 0 || opening.hasRemaining()) {
            opened.close();
            throw new IOException("the launcher's door does not take a link");
        }
        return opened;
    }
}
