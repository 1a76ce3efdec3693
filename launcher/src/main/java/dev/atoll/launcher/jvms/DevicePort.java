package dev.atoll.launcher.jvms;

import dev.atoll.runtime.link.HostDescriptor;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A switch's uplink at a TAP device or a packet socket: a frame per read and write, behind a virtio-net header that says
 * nothing. The loop's thread.
 */
final class DevicePort implements SwitchPort, EpollIoHandle {
    /** Frames read before others get their turn. */
    private static final int BATCH_FRAMES = 64;

    private static final int MAX_FRAME_BYTES = (64 << 10) + 32;

    private final HostDescriptor descriptor;
    private final FileDescriptor watched;
    private final int headerBytes;
    private final Switch to;
    private final Consumer<String> problems;
    private final ByteBuffer in;
    private final ByteBuffer out;
    private @Nullable IoRegistration registration;

    private DevicePort(HostDescriptor descriptor, int headerBytes, Switch to, Consumer<String> problems) {
        this.descriptor = descriptor;
        this.watched = new FileDescriptor(descriptor.number());
        this.headerBytes = headerBytes;
        this.to = to;
        this.problems = problems;
        in = ByteBuffer.allocateDirect(headerBytes + MAX_FRAME_BYTES);
        out = ByteBuffer.allocateDirect(headerBytes + MAX_FRAME_BYTES);
    }

    /**
     * Begins; not on the loop's thread, as it waits for it.
     *
     * @param number a descriptor, which belongs to the port from here
     * @param problems hears why it has ended, if by itself
     */
    static DevicePort open(int number, int headerBytes, IoEventLoop loop, Switch to, Consumer<String> problems)
            throws IOException {
        DevicePort port = new DevicePort(HostDescriptor.adopt(number), headerBytes, to, problems);
        Future<IoRegistration> registered = loop.register(port).awaitUninterruptibly();
        if (!registered.isSuccess()) {
            throw new IOException("the device cannot be watched", registered.cause());
        }
        loop.execute(() -> {
            to.connectUplink(port);
            port.registration = registered.getNow();
            registered.getNow().submit(EpollIoOps.EPOLLIN);
        });
        return port;
    }

    @Override
    public FileDescriptor fd() {
        return watched;
    }

    @Override
    public void handle(IoRegistration source, IoEvent event) {
        try {
            // Level-triggered: what is left brings the next event.
            int left = BATCH_FRAMES;
            while (left > 0 && receive()) {
                left--;
            }
        } catch (IOException e) {
            problems.accept(String.valueOf(e.getMessage()));
            close();
        }
        to.flush();
    }

    /** False if nothing is there. */
    private boolean receive() throws IOException {
        in.clear();
        int count = descriptor.read(in);
        if (count == HostDescriptor.END) {
            throw new IOException("the device is gone");
        }
        if (count <= headerBytes) {
            return false;
        }
        int length = count - headerBytes;
        ByteBuf frame = ByteBufAllocator.DEFAULT.directBuffer(Switch.LENGTH_BYTES + length);
        try {
            frame.writeInt(length).writeBytes(in.flip().position(headerBytes));
            to.fromUplink(frame);
        } finally {
            frame.release();
        }
        return true;
    }

    @Override
    public boolean send(ByteBuf frame) {
        int length = frame.readableBytes() - Switch.LENGTH_BYTES;
        out.clear();
        for (int i = 0; i < headerBytes; i++) {
            out.put((byte) 0);
        }
        out.limit(headerBytes + length);
        frame.getBytes(frame.readerIndex() + Switch.LENGTH_BYTES, out);
        try {
            return descriptor.write(out.flip()) != HostDescriptor.NOTHING;
        } catch (IOException e) {
            // A device that is down, or a frame that it cannot take: as lost on a wire. That it is gone the read will
            // find.
            return false;
        }
    }

    @Override
    public void flush() {
        // Each frame is a write of its own.
    }

    @Override
    public void close() {
        IoRegistration registered = registration;
        if (registered != null && registered.isValid()) {
            registered.cancel();
        }
        try {
            descriptor.close();
        } catch (IOException e) {
            // The kernel has let go of the number whatever close(2) says: nothing is left to do.
            return;
        }
    }
}
