package dev.atoll.launcher.jar;

import dev.atoll.runtime.control.ControlRecord;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.MacAddress;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A program that takes places on the link of JVMs: {@code FILE COMMAND...}, and stays until FILE is there. */
public final class Strangers {
    /** More than a switch keeps for who does not read. */
    private static final int FLOOD_FRAMES = 4000;

    /** Who has connected to the door and has not said what for. */
    private static final int MAX_AT_DOOR = 16;

    /** More than a test may take. */
    private static final long LONGEST_WAIT_S = 600;

    private static final int PACKET_BYTES = 1400;

    private Strangers() {}

    /** Runs it. */
    public static void main(String[] words) throws Exception {
        try (Stranger one = Stranger.atDoor();
                Stranger other = Stranger.atDoor()) {
            other.awaitRouter();
            for (int i = 1; i < words.length; i++) {
                switch (words[i]) {
                    case "flood" -> flood(one, other);
                    case "silence" -> silence();
                    case "claim" -> claim(one, other.address());
                    default -> throw new IllegalArgumentException(words[i]);
                }
            }
            one.awaitRouter();
            // Who comes makes the status file be written again.
            try (Stranger last = Stranger.atDoor()) {
                System.out.println("last has " + last.address());
                System.out.flush();
                AwaitedFile.await(Path.of(words[0]), LONGEST_WAIT_S);
            }
        }
    }

    /** It does not read. */
    private static void flood(Stranger from, Stranger to) throws Exception {
        ByteBuffer packet = packet(from.address(), to.address());
        for (int i = 0; i < FLOOD_FRAMES; i++) {
            from.send(to.mac(), Stranger.IPV4, packet);
        }
    }

    /** Of those that may be at the door at a time all but one say nothing; this one is heard while they are there. */
    private static void silence() throws IOException {
        List<SocketChannel> silent = new ArrayList<>();
        try {
            while (silent.size() < MAX_AT_DOOR - 1) {
                silent.add(SocketChannel.open(UnixDomainSocketAddress.of(ControlRecord.DOOR)));
            }
            Stranger.atDoor().close();
            for (SocketChannel each : silent) {
                each.configureBlocking(false);
                if (each.read(ByteBuffer.allocate(1)) != 0) {
                    throw new IOException("it was heard in place of another");
                }
            }
        } finally {
            for (SocketChannel each : silent) {
                each.close();
            }
        }
    }

    /** Says in three ways that an address is its own. */
    private static void claim(Stranger claimant, IpAddress address) throws Exception {
        claimant.arp(address, claimant.router());
        claimant.arp(address, address);
        claimant.send(MacAddress.BROADCAST, Stranger.IPV4, packet(address, claimant.router()));
    }

    /** Of a protocol that nobody has. */
    private static ByteBuffer packet(IpAddress source, IpAddress destination) {
        return ByteBuffer.allocate(PACKET_BYTES)
                .put(0, (byte) 0x45)
                .putShort(2, (short) PACKET_BYTES)
                .put(8, (byte) 64)
                .put(9, (byte) 253)
                .putInt(12, source.v4Bits())
                .putInt(16, destination.v4Bits());
    }
}
