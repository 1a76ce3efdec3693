package dev.atoll.inside;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.runtime.control.ControlDecoder;
import dev.atoll.runtime.control.ControlFault;
import dev.atoll.runtime.control.ControlRecord;
import dev.atoll.runtime.control.ControlRecord.Caller;
import dev.atoll.runtime.control.ControlRecord.Counter;
import dev.atoll.runtime.control.ControlRecord.Counters;
import dev.atoll.runtime.control.ControlRecord.Flow;
import dev.atoll.runtime.control.ControlRecord.FlowVerdict;
import dev.atoll.runtime.control.ControlRecord.ToLauncher;
import dev.atoll.runtime.control.ControlRecord.Traffic;
import dev.atoll.runtime.control.ControlStream;
import dev.atoll.stack.filter.Denial;
import dev.atoll.stack.filter.FlowDirection;
import dev.atoll.stack.filter.FlowReport;
import dev.atoll.stack.filter.Hook;
import dev.atoll.stack.filter.Origin;
import dev.atoll.stack.filter.RejectWith;
import dev.atoll.stack.filter.Verdict;
import dev.atoll.stack.options.SocketCaller;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.IpProtocol;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class FlowReporterTest {
    private static final Origin ALLOWED = new Origin("egress.rules", 3, "-A OUTPUT -p tcp -j ACCEPT");
    private static final Origin DENIED = new Origin("egress.rules", 4, "-A OUTPUT -j REJECT");
    private static final FullAddress OWN = new FullAddress(IpAddress.parse("10.66.0.2"), 49152);
    private static final FullAddress SERVER = new FullAddress(IpAddress.parse("192.0.2.7"), 443);
    private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);

    /** As many as wait; docs/flow-log.md tells the number. */
    private static final int WAITING = 65_536;

    private final ByteArrayOutputStream said = new ByteArrayOutputStream();
    private final ResolvedNames names = new ResolvedNames();
    private final FlowReporter reporter =
            new FlowReporter(new ControlStream(InputStream.nullInputStream(), said), names);

    private static FlowReport flow(
            FlowDirection direction, List<String> names, @Nullable Verdict would, @Nullable Object note) {
        long lastNs = System.nanoTime();
        return new FlowReport(
                direction,
                IpProtocol.TCP,
                direction == FlowDirection.IN ? SERVER : OWN,
                direction == FlowDirection.IN ? OWN : SERVER,
                names,
                ALLOWED,
                would,
                new SocketCaller("App", "", "file:/app.jar", "", "main", List.of("App.run(App.java:7)")),
                lastNs - 210 * MS,
                lastNs,
                6,
                900,
                5,
                52_000,
                note);
    }

    private static Denial denial(Hook hook, int protocol, FullAddress from, FullAddress to, Verdict.Kind kind) {
        return new Denial(DENIED, hook, protocol, from, to, true, kind, SocketCaller.UNKNOWN);
    }

    private List<ToLauncher> told() throws ControlFault {
        reporter.start();
        reporter.finish();
        return new ControlDecoder().feed(ByteBuffer.wrap(said.toByteArray()));
    }

    private Flow one() throws ControlFault {
        List<ToLauncher> told = told();
        assertEquals(1, told.size(), told::toString);
        return (Flow) told.get(0);
    }

    @Test
    void outgoingFlow_isToldWithWhatTheProgramSentAndGot_andWhoseCodeItWas() throws ControlFault {
        long beganMs = System.currentTimeMillis() - 210;
        reporter.ended(flow(FlowDirection.OUT, List.of(), null, "www.shop.example"));
        Flow flow = one();
        assertEquals(
                new Flow(
                        flow.beganMs(),
                        210,
                        FlowVerdict.ACCEPT,
                        ALLOWED,
                        FlowDirection.OUT,
                        IpProtocol.TCP,
                        OWN,
                        SERVER,
                        "www.shop.example",
                        new Traffic(6, 900, 5, 52_000),
                        new Caller("main", "file:/app.jar", List.of("App.run(App.java:7)"))),
                flow);
        assertTrue(flow.beganMs() >= beganMs - 1 && flow.beganMs() <= System.currentTimeMillis() - 209, flow::toString);
    }

    @Test
    void incomingFlow_hasItsTrafficTheOtherWayRound() throws ControlFault {
        reporter.ended(flow(FlowDirection.IN, List.of(), null, null));
        Flow flow = one();
        assertEquals(new Traffic(5, 52_000, 6, 900), flow.traffic());
        assertEquals(SERVER, flow.source());
        assertEquals("", flow.name());
    }

    @Test
    void flowThatOnlyAuditLetPass_isToldWithTheRuleThatWouldHaveEndedIt() throws ControlFault {
        reporter.ended(flow(FlowDirection.OUT, List.of(), new Verdict(Verdict.Kind.DROP, null, DENIED), ""));
        reporter.ended(flow(
                FlowDirection.OUT,
                List.of(),
                new Verdict(Verdict.Kind.REJECT, RejectWith.ICMP_PORT_UNREACHABLE, DENIED),
                ""));
        List<ToLauncher> told = told();
        assertEquals(FlowVerdict.WOULD_DROP, ((Flow) told.get(0)).verdict());
        assertEquals(FlowVerdict.WOULD_REJECT, ((Flow) told.get(1)).verdict());
        assertEquals(DENIED, ((Flow) told.get(1)).origin());
    }

    @Test
    void name_isTheOneAskedFor_ifRulesKnowIt() {
        names.note("WWW.shop.example.", List.of(SERVER.address()));
        List<String> known = List.of("www.shop.example", "cdn.example");
        assertEquals("www.shop.example", reporter.began(flow(FlowDirection.OUT, known, null, null)));
        assertEquals(
                "cdn.example",
                reporter.began(flow(FlowDirection.OUT, List.of("old.example", "cdn.example"), null, null)),
                "else the last that rules know");
        assertEquals("", reporter.began(flow(FlowDirection.OUT, List.of(), null, null)), "none that they do not know");
        assertEquals("", reporter.began(flow(FlowDirection.IN, known, null, null)), "none of who comes");
    }

    @Test
    void denial_isAFlowWithoutTraffic() throws ControlFault {
        names.note("www.shop.example", List.of(SERVER.address()));
        reporter.denied(denial(Hook.OUTPUT, IpProtocol.TCP, OWN, SERVER, Verdict.Kind.REJECT));
        reporter.denied(denial(Hook.INPUT, IpProtocol.UDP, SERVER, OWN, Verdict.Kind.DROP));
        List<ToLauncher> told = told();
        Flow out = (Flow) told.get(0);
        assertEquals(FlowVerdict.REJECT, out.verdict());
        assertEquals(FlowDirection.OUT, out.direction());
        assertEquals("www.shop.example", out.name());
        assertEquals(DENIED, out.origin());
        assertEquals(Traffic.NONE, out.traffic());
        Flow in = (Flow) told.get(1);
        assertEquals(FlowVerdict.DROP, in.verdict());
        assertEquals(FlowDirection.IN, in.direction());
        assertEquals("", in.name());
    }

    @Test
    void whatHostsAskEachOtherUnasked_isNotTold() throws ControlFault {
        FullAddress own = new FullAddress(IpAddress.parse("fe80::2"), 0);
        FullAddress routers = new FullAddress(IpAddress.parse("ff02::2"), 0);
        reporter.denied(denial(Hook.OUTPUT, IpProtocol.ICMPV6, own, routers, Verdict.Kind.DROP));
        assertEquals(List.of(), told());
    }

    @Test
    void moreThanCanWait_areCounted_andTheirNumberIsToldLast() throws ControlFault {
        for (int i = 0; i < WAITING + 3; i++) {
            reporter.ended(flow(FlowDirection.OUT, List.of(), null, ""));
        }
        List<ToLauncher> told = told();
        assertEquals(WAITING + 1, told.size());
        assertEquals(new Counters(List.of(new Counter(ControlRecord.LOST_FLOWS, 3))), told.get(WAITING));
    }
}
