package dev.atoll.launcher.jar;

import dev.atoll.runtime.control.ControlRecord;
import dev.atoll.runtime.control.ControlRecord.Admitted;
import dev.atoll.runtime.control.ControlRecord.Setup;
import dev.atoll.runtime.control.ControlStream;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.MacAddress;
import java.io.Closeable;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;

/**
 * A place on the link that JVMs share, taken at the door by code that is no stack, as hostile code may: it sends and reads
 * frames of its own. Runs in the sandbox. One thread.
 */
final class Stranger implements Closeable {
    static final int ARP = 0x0806;
    static final int IPV4 = 0x0800;

    private static final int ETHERNET_BYTES = 14;
    private static final int REQUEST = 1;
    private static final int REPLY = 2;
    private static final int MAX_FRAME_BYTES = 1 << 17;

    private final SocketChannel control;
    private final SocketChannel link;
    private final Setup setup;

    private Stranger(SocketChannel control, SocketChannel link, Setup setup) {
        this.control = control;
        this.link = link;
        this.setup = setup;
    }

    static Stranger atDoor() throws IOException {
        SocketChannel control = connect();
        ControlStream said = stream(control);
        said.write(new ControlRecord.Hello());
        if (!(said.read() instanceof Admitted admitted) || !(said.read() instanceof Setup setup)) {
            throw new IOException("not admitted");
        }
        SocketChannel link = connect();
        stream(link).write(new ControlRecord.LinkOpening(admitted.ticket()));
        return new Stranger(control, link, setup);
    }

    private static SocketChannel connect() throws IOException {
        return SocketChannel.open(UnixDomainSocketAddress.of(ControlRecord.DOOR));
    }

    private static ControlStream stream(SocketChannel channel) {
        return new ControlStream(Channels.newInputStream(channel), Channels.newOutputStream(channel));
    }

    MacAddress mac() {
        return setup.link().mac();
    }

    IpAddress address() {
        return setup.addresses().get(0).address();
    }

    IpAddress router() {
        IpAddress router = setup.router();
        if (router == null) {
            throw new IllegalStateException("the link has no router");
        }
        return router;
    }

    /** Sends what follows the Ethernet header, from its own hardware address. */
    void send(MacAddress to, int type, ByteBuffer payload) throws IOException {
        int length = ETHERNET_BYTES + payload.remaining();
        ByteBuffer frame = ByteBuffer.allocate(Integer.BYTES + length).putInt(length);
        put(put(frame, to), mac())
                .putShort((short) type)
                .put(payload.duplicate())
                .flip();
        while (frame.hasRemaining()) {
            link.write(frame);
        }
    }

    /** An ARP packet that says that this station has an address, and asks for that of another. */
    void arp(IpAddress says, IpAddress asks) throws IOException {
        ByteBuffer arp = ByteBuffer.allocate(28)
                .putShort((short) 1)
                .putShort((short) IPV4)
                .put((byte) 6)
                .put((byte) 4)
                .putShort((short) REQUEST);
        put(arp, mac()).putInt(says.v4Bits());
        put(arp, MacAddress.ZERO).putInt(asks.v4Bits()).flip();
        send(MacAddress.BROADCAST, ARP, arp);
    }

    /** Waits until the router answers: what was sent before has been through the switch. */
    void awaitRouter() throws IOException {
        arp(address(), router());
        ByteBuffer frame = read();
        while (frame.getShort(12) != ARP || frame.getShort(20) != REPLY) {
            frame = read();
        }
    }

    private ByteBuffer read() throws IOException {
        int length = readFully(ByteBuffer.allocate(Integer.BYTES)).getInt();
        if (length > MAX_FRAME_BYTES) {
            throw new IOException("a frame of " + length + " bytes");
        }
        return readFully(ByteBuffer.allocate(length));
    }

    private ByteBuffer readFully(ByteBuffer to) throws IOException {
        while (to.hasRemaining()) {
            if (link.read(to) < 0) {
                throw new IOException("the link has ended");
            }
        }
        return to.flip();
    }

    private static ByteBuffer put(ByteBuffer to, MacAddress address) {
        return to.putShort((short) (address.bits() >> 32)).putInt((int) address.bits());
    }

    @Override
    public void close() throws IOException {
        link.close();
        control.close();
    }
}
