package dev.atoll.launcher.demo;

import dev.atoll.launcher.ExitCode;
import dev.atoll.launcher.LaunchException;
import dev.atoll.launcher.link.LinkAddresses;
import dev.atoll.launcher.link.OpenLink;
import dev.atoll.stack.wire.IpAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A TAP link whose router address, the host's, has the demo's servers. */
final class HostServedLink extends ServedLink {
    private static final Logger LOG = LoggerFactory.getLogger(HostServedLink.class);

    private final List<HostWebServer> servers = new ArrayList<>();

    /** Owns the link from here on. */
    HostServedLink(OpenLink link) {
        super(link);
    }

    /** The servers listen when it returns: the kernel would refuse who comes earlier. */
    @Override
    public void bringUp() throws LaunchException {
        super.bringUp();
        LinkAddresses addresses = Objects.requireNonNull(addresses(), "a TAP link has addresses");
        IpAddress own = Objects.requireNonNull(addresses.router(), "and the host is the router");
        try {
            InetAddress router = InetAddress.getByAddress(own.octets());
            for (int port : new int[] {WebPage.ALLOWED_PORT, WebPage.REFUSED_PORT}) {
                servers.add(HostWebServer.start(router, port, "Hello from the host, through its kernel."));
            }
        } catch (IOException e) {
            throw new LaunchException(
                    ExitCode.MISSING, "the demo's server cannot listen at " + own + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        for (HostWebServer server : servers) {
            try {
                server.close();
            } catch (IOException e) {
                LOG.debug("a server of the demo was not closed: {}", e.toString());
            }
        }
        super.close();
    }
}
