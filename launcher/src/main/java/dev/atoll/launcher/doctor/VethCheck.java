package dev.atoll.launcher.doctor;

import dev.atoll.launcher.sys.Errno;
import dev.atoll.launcher.sys.Libc;
import dev.atoll.launcher.sys.NetworkNamespace;
import dev.atoll.launcher.sys.PacketSocket;
import dev.atoll.launcher.sys.SystemCallException;

/** Makes a network namespace and a packet socket in it, which go again at once. Without them there is no veth link. */
final class VethCheck implements Check {
    @Override
    public String subject() {
        return "packet sockets";
    }

    @Override
    public Finding examine() {
        try (NetworkNamespace namespace = NetworkNamespace.create()) {
            Libc.close(namespace.call(PacketSocket::open));
            return Finding.ok("made one in a network namespace, as --link veth needs it");
        } catch (SystemCallException e) {
            String advice = e.errno() == Errno.EPERM || e.errno() == Errno.EACCES
                    ? "run as root, or with CAP_NET_ADMIN, CAP_NET_RAW and CAP_SYS_ADMIN"
                    : "the kernel refuses";
            return Finding.warn(
                    "none can be made in a network namespace (" + e.getMessage() + ")",
                    advice + "; without it there is no --link veth");
        }
    }
}
