package dev.atoll.examples.embedding;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.Pointer;
import dev.atoll.runtime.link.HostDescriptor;
import dev.atoll.runtime.link.TapLink;
import dev.atoll.runtime.sandbox.Sandbox;
import dev.atoll.stack.socket.TcpEndpoint;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.MacAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** HTTP GET over a TAP: {@code HttpGet TAP OUR_ADDRESS SERVER PORT PATH}, the server in the same /24 as we are. */
final class HttpGet {
    static {
        Native.register("c");
    }

    private HttpGet() {}

    private static native int open(String path, int flags);

    private static native int ioctl(int fd, NativeLong request, Pointer argument);

    /** A TAP whose frames have a virtio-net header, as the link wants it (tun(4)). */
    private static int openTap(String name) {
        int fd = open("/dev/net/tun", 0x802); // O_RDWR | O_NONBLOCK
        Memory request = new Memory(40);
        request.clear();
        request.setString(0, name);
        request.setShort(16, (short) 0x5002); // IFF_TAP | IFF_NO_PI | IFF_VNET_HDR
        if (ioctl(fd, new NativeLong(0x400454caL), request) < 0) {
            throw new IllegalStateException("cannot open the TAP " + name + ": errno " + Native.getLastError());
        }
        return fd;
    }

    public static void main(String[] args) throws Exception {
        TapLink link =
                new TapLink(HostDescriptor.adopt(openTap(args[0])), MacAddress.parse("02:00:00:00:00:02"), 1500, false);
        try (Sandbox sandbox = Sandbox.builder()
                        .link(link)
                        .address(IpAddress.parse(args[1]), 24)
                        .start();
                TcpEndpoint connection = sandbox.stack().newTcpEndpoint()) {
            Waiting waiting = new Waiting(connection);
            connection.connect(new FullAddress(IpAddress.parse(args[2]), Integer.parseInt(args[3])));
            waiting.awaitConnected();
            String request = "GET " + args[4] + " HTTP/1.0\r\n\r\n";
            connection.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
            ByteBuffer answer = ByteBuffer.allocate(65_536);
            while (waiting.read(answer) != TcpEndpoint.END_OF_STREAM) {}
            System.out.println(new String(answer.array(), 0, answer.position(), StandardCharsets.US_ASCII));
        }
    }
}
