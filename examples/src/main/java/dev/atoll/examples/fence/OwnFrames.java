package dev.atoll.examples.fence;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Goes around the stack and its policy by driving the link's descriptor itself: adopts number 4, which the program's JVM
 * has inherited, and writes Ethernet frames of its own.
 *
 * <p>Usage: {@code OwnFrames tap|packet|stream OWN ROUTER [TARGET [SOURCE]]}: asks who has ROUTER's address, and sends echo requests to
 * TARGET through it, as coming from OWN or from SOURCE, all of one family of IP, until an answer comes or the time is over. {@code packet} sends from the interface's own
 * hardware address, the others from a foreign one. The JVM needs {@code
 * --add-opens java.base/java.io=ALL-UNNAMED}.
 *
 * <p>The sandbox's own loop reads from the same descriptor and takes some of the answers, so every request is sent many
 * times.
 */
public final class OwnFrames {
    private static final int LINK = 4;
    private static final int ROUNDS = 400;
    private static final long ROUND_NS = 5_000_000;

    /** Before each frame on a TAP or packet socket: a virtio-net header that asks for nothing. */
    private static final int TAP_HEADER_BYTES = 10;

    /** Before each frame on a stream: its length, big-endian. */
    private static final int STREAM_HEADER_BYTES = 4;

    private final FileInputStream in;
    private final FileOutputStream out;
    private final boolean stream;

    private OwnFrames(FileDescriptor link, boolean stream) {
        this.in = new FileInputStream(link);
        this.out = new FileOutputStream(link);
        this.stream = stream;
    }

    public static void main(String[] args) throws Exception {
        Constructor<FileDescriptor> constructor = FileDescriptor.class.getDeclaredConstructor(int.class);
        constructor.setAccessible(true);
        OwnFrames frames = new OwnFrames(constructor.newInstance(LINK), args[0].equals("stream"));
        byte[] mac =
                args[0].equals("packet") ? NetworkInterface.getByName("eth0").getHardwareAddress() : Frames.FOREIGN_MAC;
        byte[] own = address(args[1]);
        byte[] router = address(args[2]);

        Frames family = Frames.of(own);
        byte[] neighbour = frames.exchange(family.whoHas(mac, own, router), frame -> family.neighbour(frame, router));
        if (neighbour == null || args.length == 3) {
            report("neighbour", args[2], neighbour != null);
            return;
        }
        byte[] target = address(args[3]);
        byte[] source = args.length == 4 ? own : address(args[4]);
        byte[] answer = frames.exchange(
                family.echoRequest(mac, neighbour, source, target),
                frame -> family.isEchoReply(frame, target) ? frame : null);
        report("echo", args[3], answer != null);
    }

    private static void report(String what, String from, boolean answered) {
        System.out.println((answered ? "answered: " : "no answer: ") + what + " " + from);
        // Not exit: nothing of the stack's shall be waited for.
        Runtime.getRuntime().halt(answered ? 0 : 1);
    }

    /** What to do with a frame that came in: the wanted part of it, or null if it is another. */
    @FunctionalInterface
    private interface Wanted {
        byte @Nullable [] in(byte[] frame);
    }

    /** Sends a request again and again until something wanted comes; null if nothing does. */
    private byte @Nullable [] exchange(byte[] request, Wanted wanted) throws IOException {
        byte[] buffer = new byte[65_536];
        int header = stream ? STREAM_HEADER_BYTES : TAP_HEADER_BYTES;
        ByteBuffer framed = ByteBuffer.allocate(header + request.length);
        if (stream) {
            framed.putInt(0, request.length);
        }
        framed.put(header, request);
        for (int round = 0; round < ROUNDS; round++) {
            out.write(framed.array());
            long start = System.nanoTime();
            while (System.nanoTime() - start < ROUND_NS) {
                int count = read(buffer);
                // Several frames of a stream come as one: what is wanted is among the first ones soon enough.
                byte[] answer = count <= header ? null : wanted.in(Arrays.copyOfRange(buffer, header, count));
                if (answer != null) {
                    return answer;
                }
            }
        }
        return null;
    }

    /** The descriptor does not block: that there is nothing is an exception. */
    private int read(byte[] buffer) {
        try {
            return in.read(buffer);
        } catch (IOException e) {
            return 0;
        }
    }

    private static byte[] address(String text) throws IOException {
        return InetAddress.getByName(text).getAddress();
    }
}
