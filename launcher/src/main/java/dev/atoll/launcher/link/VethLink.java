package dev.atoll.launcher.link;

import dev.atoll.launcher.ExitCode;
import dev.atoll.launcher.LaunchException;
import dev.atoll.launcher.sys.Errno;
import dev.atoll.launcher.sys.SystemCallException;
import java.util.List;

/**
 * An Ethernet interface driven through a packet socket: one that is there already, with its addresses and routes, or a veth
 * pair of the launcher's own whose other end the host's kernel has. The interface is in a network namespace that holds
 * nothing else, since a packet socket can be bound to any interface of its namespace without privilege.
 */
public final class VethLink implements LinkKind {
    /** What {@code --link} calls it. */
    public static final String NAME = "veth";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public OpenLink open(LinkRequest request) throws LaunchException {
        String device = request.argument();
        if (!device.isEmpty()) {
            DeviceName.check(NAME, device);
        }
        List<String> missing =
                Capabilities.missing(Capabilities.NET_ADMIN, Capabilities.NET_RAW, Capabilities.SYS_ADMIN);
        if (!missing.isEmpty()) {
            throw new LaunchException(
                    ExitCode.MISSING, withoutPrivilege(device) + "; missing are " + String.join(", ", missing));
        }
        try {
            return device.isEmpty() ? VethPair.open(request) : TakenInterface.open(request);
        } catch (SystemCallException e) {
            throw failure(device, e);
        }
    }

    /** What the kernel's refusal means to the user. */
    static LaunchException failure(String device, SystemCallException e) {
        String what =
                switch (e.errno()) {
                    case Errno.EPERM, Errno.EACCES -> withoutPrivilege(device);
                    case Errno.EINVAL, Errno.EOPNOTSUPP ->
                        name(device) + ": the kernel does not let it change namespaces";
                    default -> name(device) + ": the kernel refuses";
                };
        return new LaunchException(ExitCode.MISSING, what + " (" + e.getMessage() + ")", e);
    }

    private static String withoutPrivilege(String device) {
        return name(device)
                + " needs CAP_NET_ADMIN, CAP_NET_RAW and CAP_SYS_ADMIN over the network namespace; run as root, or in one of"
                + " your own (unshare --user --map-root-user --net), or use --link stream";
    }

    private static String name(String device) {
        return "link " + NAME + (device.isEmpty() ? "" : ":" + device);
    }
}
