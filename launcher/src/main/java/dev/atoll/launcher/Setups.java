package dev.atoll.launcher;

import dev.atoll.launcher.config.Settings;
import dev.atoll.launcher.jvms.Place;
import dev.atoll.launcher.link.LinkAddresses;
import dev.atoll.launcher.link.LocalMac;
import dev.atoll.launcher.link.OpenLink;
import dev.atoll.launcher.start.StartChain.Inherited;
import dev.atoll.runtime.control.ControlRecord;
import dev.atoll.runtime.control.ControlRecord.Link;
import dev.atoll.runtime.control.ControlRecord.LinkKind;
import dev.atoll.runtime.control.ControlRecord.Names;
import dev.atoll.runtime.control.ControlRecord.Setup;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.MacAddress;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the JVMs of a run are told of their stacks. */
final class Setups {
    private static final String NIC = "eth0";

    private final Settings settings;

    Setups(Settings settings) {
        this.settings = settings;
    }

    /** The program that the launcher starts; it has inherited its end of the link. */
    Setup ofProgram(OpenLink link) throws IOException {
        MacAddress mac = link.mac();
        Link own = new Link(
                link.wire(),
                link.programDescriptor() < 0 ? ControlRecord.NO_DESCRIPTOR : Inherited.LINK_NUMBER,
                NIC,
                link.mtuBytes(settings.mtuBytes()),
                mac == null ? LocalMac.random() : mac,
                link.headerBytes(),
                settings.offload());
        return of(
                own,
                link.addresses(),
                settings.pcap() == null ? ControlRecord.NO_DESCRIPTOR : Inherited.CAPTURE_NUMBER);
    }

    /** A JVM that has asked; it opens its link at the door. */
    Setup ofPlace(Place place) {
        LinkKind kind = place.addresses() == null ? LinkKind.NONE : LinkKind.STREAM;
        Link own = new Link(kind, ControlRecord.NO_DESCRIPTOR, NIC, place.mtuBytes(), place.mac(), 0, false);
        return of(own, place.addresses(), ControlRecord.NO_DESCRIPTOR);
    }

    private Setup of(Link link, @Nullable LinkAddresses addresses, int capture) {
        IpAddress router = addresses == null ? null : addresses.router();
        Names names = settings.names();
        return new Setup(
                settings.hostname(),
                link,
                addresses == null ? List.of() : addresses.program(),
                router,
                addresses == null ? List.of() : addresses.routes(),
                names.servers().isEmpty() && router != null ? names.withServers(List.of(router)) : names,
                settings.ipv6().isOn(),
                settings.plainErrors(),
                capture,
                settings.flowLog() != null,
                settings.audit(),
                !settings.policies().isEmpty());
    }
}
