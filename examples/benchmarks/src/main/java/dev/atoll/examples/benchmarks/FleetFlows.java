package dev.atoll.examples.benchmarks;

import dev.atoll.runtime.control.ControlRecord.Caller;
import dev.atoll.runtime.control.ControlRecord.Flow;
import dev.atoll.runtime.control.ControlRecord.FlowVerdict;
import dev.atoll.runtime.control.ControlRecord.Traffic;
import dev.atoll.stack.filter.FlowDirection;
import dev.atoll.stack.filter.Origin;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.IpProtocol;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * Flows as services of a fleet have them: so many that differ in what a policy can tell, some far more frequent than others, each
 * time from another port, with other traffic, from other code. First comes each of them once. Always the same ones.
 */
final class FleetFlows {
    private static final IpAddress OWN_V4 = IpAddress.parse("10.66.0.2");
    private static final IpAddress OWN_V6 = IpAddress.parse("fd61:746f:6c6c::2");

    /** Linux's range of ephemeral ports. */
    private static final int FIRST_EPHEMERAL = 32768;

    private static final int EPHEMERAL_PORTS = 28232;

    private static final int[] PORTS = {443, 443, 443, 443, 80, 8443, 5432, 6379, 9092, 3306};
    private static final String[] OWNERS = {
        "shop.example", "pay.example", "maps.example", "mail.example", "cdn.example", "metrics.example"
    };
    private static final Origin LOOKED_ON =
            new Origin("nothing.rules", 5, "-A OUTPUT -j REJECT --reject-with icmp-admin-prohibited");
    private static final Origin ALLOWED =
            new Origin("egress.rules", 12, "-A OUTPUT -p tcp -m multiport --dports 80,443,5432 -j ACCEPT");
    private static final long FIRST_MS = 1_777_888_800_000L;

    private final Random random = new Random(1);
    private final List<Flow> different = new ArrayList<>();
    private final List<Caller> callers = new ArrayList<>();
    private long made;

    FleetFlows(int count) {
        for (int i = 0; i < 200; i++) {
            callers.add(caller(i));
        }
        for (int i = 0; i < count; i++) {
            different.add(kind(i));
        }
    }

    private static Caller caller(int i) {
        List<String> frames = new ArrayList<>();
        for (int depth = 0; depth < 1 + i % 5; depth++) {
            frames.add(String.format(
                    Locale.ROOT, "com.shop.part%d.Client$%d.call(Client.java:%d)", i, depth, 10 + 7 * depth));
        }
        return new Caller("worker-" + i % 16, "file:/app/lib/client-" + i % 30 + ".jar", frames);
    }

    /** The {@code i}-th of those that differ: numbers of peers are given out in turn, so that no two are the same. */
    private static Flow kind(int i) {
        int port = PORTS[i % PORTS.length];
        int tenth = i / PORTS.length;
        return switch (i % 20) {
            case 0 -> flow(FlowDirection.OUT, IpProtocol.UDP, v4(0x0808_0000, tenth), 53, "");
            case 1 -> flow(FlowDirection.IN, IpProtocol.TCP, v4(0x0a14_0000, tenth), 8080, "");
            case 2 -> flow(FlowDirection.OUT, IpProtocol.ICMP, v4(0x0a1e_0000, tenth), 0, "");
            case 3, 4 -> flow(FlowDirection.OUT, IpProtocol.TCP, v4(0xcb00_0000, 3 * tenth), port, "");
            case 5, 6, 7 -> flow(FlowDirection.OUT, IpProtocol.TCP, new IpAddress(0x2001_0db8_0000_0000L, i), port, "");
            default ->
                flow(
                        FlowDirection.OUT,
                        IpProtocol.TCP,
                        v4(0x5db8_0000, i),
                        port,
                        "n" + i % 400 + "." + OWNERS[i / 40 % OWNERS.length]);
        };
    }

    private static IpAddress v4(int network, int host) {
        return IpAddress.v4(network + host);
    }

    private static Flow flow(FlowDirection direction, int protocol, IpAddress peer, int port, String name) {
        FullAddress own = new FullAddress(peer.isV4() ? OWN_V4 : OWN_V6, direction == FlowDirection.OUT ? 0 : port);
        FullAddress other = new FullAddress(peer, direction == FlowDirection.OUT ? port : 0);
        return new Flow(
                0,
                0,
                FlowVerdict.ACCEPT,
                null,
                direction,
                protocol,
                direction == FlowDirection.OUT ? own : other,
                direction == FlowDirection.OUT ? other : own,
                name,
                Traffic.NONE,
                Caller.UNKNOWN);
    }

    Flow next() {
        int size = different.size();
        double skewed = random.nextDouble();
        // In no order when each comes once; later half of what comes is of an eighth of the flows.
        int index = made < size ? (int) made : (int) (size * skewed * skewed * skewed);
        Flow kind = different.get(index);
        boolean ports = kind.protocol() != IpProtocol.ICMP;
        FullAddress source =
                new FullAddress(kind.source().address(), ports ? FIRST_EPHEMERAL + random.nextInt(EPHEMERAL_PORTS) : 0);
        long packets = 1L + random.nextInt(200);
        boolean looksOn = random.nextInt(4) == 0;
        made++;
        return new Flow(
                FIRST_MS + 17 * made,
                random.nextInt(60_000),
                looksOn ? FlowVerdict.WOULD_REJECT : FlowVerdict.ACCEPT,
                looksOn ? LOOKED_ON : ALLOWED,
                kind.direction(),
                kind.protocol(),
                source,
                kind.destination(),
                kind.name(),
                new Traffic(packets, 60 * packets, packets + 3, 900 * packets),
                kind.direction() == FlowDirection.IN ? Caller.UNKNOWN : callers.get(random.nextInt(callers.size())));
    }
}
