package dev.atoll.launcher.link;

import dev.atoll.launcher.ExitCode;
import dev.atoll.launcher.LaunchException;
import dev.atoll.launcher.sys.Libc;
import dev.atoll.launcher.sys.NetDevice;
import dev.atoll.launcher.sys.NetworkNamespace;
import dev.atoll.launcher.sys.PacketSocket;
import dev.atoll.launcher.sys.SystemCallException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.slf4j.LoggerFactory;

/**
 * A network namespace for one interface, and a packet socket in it. The kernel's own stack is there too and must not answer
 * anybody: the interface has no address and no ARP there, and IPv6 is off before it comes.
 */
final class HeldInterface implements Closeable {
    private static final Path IPV6 = Path.of("/proc/sys/net/ipv6/conf");

    private final NetworkNamespace namespace;
    private final int socket;
    private boolean closed;

    private HeldInterface(NetworkNamespace namespace, int socket) {
        this.namespace = namespace;
        this.socket = socket;
    }

    /**
     * The namespace, still empty, and the socket, which hears nothing yet.
     *
     * @throws SystemCallException EPERM without privilege
     * @throws LaunchException if IPv6 cannot be switched off
     */
    static HeldInterface open() throws SystemCallException, LaunchException {
        NetworkNamespace namespace = NetworkNamespace.create();
        try {
            String problem = namespace.call(new NetworkNamespace.Work<String>() {
                @Override
                public String run() {
                    return switchIpv6Off();
                }
            });
            if (!problem.isEmpty()) {
                throw new LaunchException(ExitCode.MISSING, problem);
            }
            return new HeldInterface(namespace, namespace.call(new NetworkNamespace.Work<Integer>() {
                @Override
                public Integer run() throws SystemCallException {
                    return PacketSocket.open();
                }
            }));
        } catch (SystemCallException | LaunchException | RuntimeException e) {
            namespace.close();
            throw e;
        }
    }

    /** Returns why it cannot be, or nothing. */
    private static String switchIpv6Off() {
        for (String which : new String[] {"all", "default"}) {
            Path file = IPV6.resolve(which).resolve("disable_ipv6");
            try {
                if (Files.exists(file)) {
                    Files.writeString(file, "1", StandardCharsets.US_ASCII, StandardOpenOption.WRITE);
                }
            } catch (IOException e) {
                return "link veth: the kernel would answer the interface's neighbours over IPv6, mount /proc/sys writable ("
                        + e + ")";
            }
        }
        return "";
    }

    NetworkNamespace namespace() {
        return namespace;
    }

    /** The socket. The launcher keeps it, to ask how many frames it lost; it never reads from it. */
    int socket() {
        return socket;
    }

    /** The interface of that name is there: it comes up for the socket. */
    void drive(String name) throws SystemCallException {
        int index = namespace.call(new NetworkNamespace.Work<Integer>() {
            @Override
            public Integer run() throws SystemCallException {
                try (NetDevice device = NetDevice.open(name)) {
                    device.upWithoutArp();
                    return device.index();
                }
            }
        });
        PacketSocket.bind(socket, index);
    }

    /** Says in the log what was lost. */
    void reportLosses(String description) {
        try {
            long lost = PacketSocket.takeLost(socket);
            if (lost > 0) {
                LoggerFactory.getLogger(HeldInterface.class)
                        .info("{}: {} frames were lost, the program did not take them in time", description, lost);
            }
        } catch (SystemCallException e) {
            LoggerFactory.getLogger(HeldInterface.class)
                    .info("{}: how many frames were lost is not known: {}", description, e.getMessage());
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            Libc.close(socket);
            namespace.close();
        }
    }
}
