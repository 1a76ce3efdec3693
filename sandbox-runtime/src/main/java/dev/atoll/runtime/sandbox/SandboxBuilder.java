package dev.atoll.runtime.sandbox;

import dev.atoll.runtime.clock.SecureEntropy;
import dev.atoll.runtime.clock.SystemClock;
import dev.atoll.runtime.dns.DnsResolver;
import dev.atoll.runtime.dns.NameTable;
import dev.atoll.runtime.dns.ResolverOptions;
import dev.atoll.runtime.dns.StrictNames;
import dev.atoll.runtime.link.PolledLink;
import dev.atoll.runtime.localhost.Localhost;
import dev.atoll.runtime.localhost.LoopbackChannels;
import dev.atoll.runtime.loop.DrivenStack;
import dev.atoll.runtime.loop.FailureReport;
import dev.atoll.runtime.loop.StackDriver;
import dev.atoll.runtime.loop.StackLoop;
import dev.atoll.runtime.pcap.CaptureLink;
import dev.atoll.runtime.pcap.PcapngWriter;
import dev.atoll.stack.Nic;
import dev.atoll.stack.Stack;
import dev.atoll.stack.StackBuilder;
import dev.atoll.stack.env.Check;
import dev.atoll.stack.env.Clock;
import dev.atoll.stack.env.Ipv6Settings;
import dev.atoll.stack.filter.DenialListener;
import dev.atoll.stack.filter.FlowListener;
import dev.atoll.stack.filter.PacketLogListener;
import dev.atoll.stack.filter.RuleSet;
import dev.atoll.stack.link.LinkEndpoint;
import dev.atoll.stack.options.RouteOptions;
import dev.atoll.stack.options.SocketOwner;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.Subnet;
import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import java.nio.channels.spi.SelectorProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What a {@link Sandbox} is made of. Not thread-safe; {@link #start} may be called once. */
public final class SandboxBuilder {
    /** The NIC's name unless told otherwise: what rules call it. */
    public static final String DEFAULT_NIC_NAME = "eth0";

    private record Address(IpAddress address, int prefixLength) {}

    private record Route(Subnet destination, @Nullable IpAddress router, RouteOptions options) {}

    /** What is done to a stack before it meets its first packet. */
    @FunctionalInterface
    public interface Preparation {
        /** Called once, in the thread that starts the sandbox; what it throws fails the start. */
        void prepare(Stack stack) throws IOException;
    }

    private @Nullable LinkEndpoint link;
    private String nicName = DEFAULT_NIC_NAME;
    private final List<Address> addresses = new ArrayList<>();
    private final List<Route> routes = new ArrayList<>();
    private @Nullable Ipv6Settings ipv6;
    private @Nullable RuleSet rules;
    private @Nullable SocketOwner socketOwner;
    private @Nullable DenialListener denials;
    private @Nullable PacketLogListener packetLog;
    private boolean plainErrors;
    private @Nullable DenialListener audit;
    private @Nullable FlowListener flows;
    private @Nullable ResolverOptions names;
    private boolean strictNames;
    private @Nullable WritableByteChannel captureChannel;
    private @Nullable FailureReport failures;
    private @Nullable SelectorProvider provider;
    private @Nullable StackDriver driver;
    private @Nullable Preparation preparation;
    private @Nullable LoopbackChannels localhost;
    private @Nullable Consumer<StackBuilder> stackSettings;
    private final Clock clock = new SystemClock();
    private boolean started;

    SandboxBuilder() {}

    /** The link; without one there is only {@code lo}. A link that is no {@link PolledLink} is driven by its owner. */
    public SandboxBuilder link(LinkEndpoint newLink) {
        link = newLink;
        return this;
    }

    /** What rules call the link's NIC; 1 to 15 characters. */
    public SandboxBuilder nicName(String name) {
        nicName = name;
        return this;
    }

    /** An address of the link's NIC; its subnet is on the link. */
    public SandboxBuilder address(IpAddress address, int prefixLength) {
        addresses.add(new Address(address, prefixLength));
        return this;
    }

    /** The router for everything that is not on the link. */
    public SandboxBuilder router(IpAddress router) {
        return route(router.isV4() ? Subnet.V4_ALL : Subnet.V6_ALL, router);
    }

    /** A route through the link; a null router means that the destinations are on it. */
    public SandboxBuilder route(Subnet destination, @Nullable IpAddress router) {
        return route(destination, router, RouteOptions.DEFAULT);
    }

    /** The same with what {@code ip route} can say of it besides; a source is one of the addresses. */
    public SandboxBuilder route(Subnet destination, @Nullable IpAddress router, RouteOptions options) {
        routes.add(new Route(destination, router, options));
        return this;
    }

    /** Gives the sandbox IPv6; without this no IPv6 packet leaves it. */
    public SandboxBuilder ipv6(Ipv6Settings settings) {
        ipv6 = settings;
        return this;
    }

    /** The rules in force from the first packet on; without any, everything passes. */
    public SandboxBuilder policy(RuleSet newRules) {
        rules = newRules;
        return this;
    }

    /** As whom the program sends, for rules with {@code -m owner}; without it nobody is an owner. */
    public SandboxBuilder socketOwner(SocketOwner owner) {
        socketOwner = owner;
        return this;
    }

    /** Who is told of what the rules deny. */
    public SandboxBuilder denials(DenialListener listener) {
        denials = listener;
        return this;
    }

    /** Who is told of packets by rules with LOG, NFLOG, AUDIT and TRACE. */
    public SandboxBuilder packetLog(PacketLogListener listener) {
        packetLog = listener;
        return this;
    }

    /** Has what the program gets for a denial say no more than the JDK does; otherwise it names the rule. */
    public SandboxBuilder plainErrors(boolean plain) {
        plainErrors = plain;
        return this;
    }

    /** Rules deny nothing; who is told of what they would have denied. */
    public SandboxBuilder audit(DenialListener listener) {
        audit = listener;
        return this;
    }

    /** Who is told of the flows that the sandbox has; connections are tracked for it. */
    public SandboxBuilder flows(FlowListener listener) {
        flows = listener;
        return this;
    }

    /** How names are looked up; by default from the hosts file alone. */
    public SandboxBuilder names(ResolverOptions options) {
        names = options;
        return this;
    }

    /** Asks name servers for names only that some rule could allow ({@link StrictNames}); others are refused at once. */
    public SandboxBuilder strictNames() {
        strictNames = true;
        return this;
    }

    /** Where to record what crosses the link, as pcapng; closed with the sandbox. */
    public SandboxBuilder capture(WritableByteChannel channel) {
        captureChannel = channel;
        return this;
    }

    /** Who is told when the stack or its link ends by itself; by default the thread's uncaught exception handler. */
    public SandboxBuilder failures(FailureReport report) {
        failures = report;
        return this;
    }

    /** The JDK's own selector provider, for a program that has put another in its place. */
    public SandboxBuilder selectorProvider(SelectorProvider newProvider) {
        provider = newProvider;
        return this;
    }

    /**
     * Has the sandbox share its loopback with other programs of the host, which use the kernel's: see {@link Localhost}. The network
     * namespace should have nothing else, as they can be reached at its loopback addresses then.
     */
    public SandboxBuilder localhost(LoopbackChannels channels) {
        localhost = channels;
        return this;
    }

    /** What drives the stack in place of a loop of its own; closed with the sandbox. */
    public SandboxBuilder driver(StackDriver newDriver) {
        driver = newDriver;
        return this;
    }

    /**
     * Settings of the stack itself beyond those named here: protocols, forwarders, tuning. Clock, random source and driver
     * stay the sandbox's.
     */
    public SandboxBuilder stack(Consumer<StackBuilder> settings) {
        stackSettings = settings;
        return this;
    }

    /** What to do before the first packet, such as to listen: a peer that is there already finds nothing missing. */
    public SandboxBuilder prepare(Preparation newPreparation) {
        preparation = newPreparation;
        return this;
    }

    /**
     * Makes the stack and begins to drive it.
     *
     * @throws IOException if a descriptor, an address or a route is refused; everything given to the builder is then
     *     closed
     */
    public Sandbox start() throws IOException {
        Check.that(!started, "a builder starts one sandbox");
        started = true;
        Check.argument(
                link != null || (addresses.isEmpty() && routes.isEmpty() && captureChannel == null),
                "link",
                null,
                "a link for the addresses, routes or capture");
        Cleanup cleanup = new Cleanup();
        try {
            Sandbox sandbox = start(cleanup);
            cleanup.keep();
            return sandbox;
        } finally {
            cleanup.run();
        }
    }

    /** Asked only now and only if need be: the first question fixes the JVM's default provider for good. */
    private SelectorProvider loopsProvider() {
        return provider != null ? provider : SelectorProvider.provider();
    }

    private Sandbox start(Cleanup cleanup) throws IOException {
        LinkEndpoint given = link;
        if (given != null) {
            cleanup.add(new LinkCloser(given));
        }
        if (captureChannel != null) {
            cleanup.add(captureChannel);
        }
        SecureEntropy entropy = new SecureEntropy();
        cleanup.add(entropy);
        FailureReport report = failures != null ? failures : new UnheardFailures();
        StackDriver drives = driver != null ? driver : new StackLoop(loopsProvider(), clock, report);
        cleanup.add(drives);
        StackBuilder builder = Stack.builder();
        if (stackSettings != null) {
            stackSettings.accept(builder);
        }
        builder.clock(clock).rng(entropy).driver(drives);
        Localhost shared = localhost == null ? null : new Localhost(localhost, report);
        if (shared != null) {
            shared.share(builder);
            cleanup.add(shared);
        }
        if (ipv6 != null) {
            builder.ipv6(ipv6);
        }
        if (socketOwner != null) {
            builder.socketOwner(socketOwner);
        }
        Stack stack = builder.build();
        cleanup.add(stack);
        if (shared != null) {
            shared.attach(stack);
        }
        if (denials != null) {
            stack.ipTables().denialListener(denials);
        }
        stack.ipTables().plainErrors(plainErrors);
        if (packetLog != null) {
            stack.ipTables().packetLogListener(packetLog);
        }
        ResolverOptions resolving = resolverOptions();
        NameTable known = new NameTable(
                clock, resolving.servers(), strictNames ? new StrictNames(stack.ipTables()) : null, denials);
        stack.ipTables().namePins(known);
        if (audit != null) {
            stack.ipTables().auditListener(audit);
        }
        if (flows != null) {
            stack.ipTables().flowListener(flows);
            stack.ipTables().wantCallers(true);
        }
        if (rules != null) {
            // Before there is a link: no packet ever meets a filter without its rules.
            stack.ipTables().replace(rules);
        }
        PcapngWriter capture = null;
        Nic nic = null;
        if (given != null) {
            LinkEndpoint used = given;
            if (captureChannel != null) {
                capture = new PcapngWriter(
                        captureChannel, clock, nicName, PcapngWriter.DEFAULT_BUFFER_BYTES, report::captureFailed);
                cleanup.add(capture);
                used = new CaptureLink(given, capture);
            }
            nic = makeNic(stack, used);
        }
        DnsResolver resolver = new DnsResolver(stack, entropy, resolving, known);
        if (preparation != null) {
            preparation.prepare(stack);
        }
        drives.start(DrivenStack.of(stack), given instanceof PolledLink polled ? List.of(polled) : List.of());
        return new Sandbox(stack, nic, resolver, drives, shared, capture, entropy);
    }

    private Nic makeNic(Stack stack, LinkEndpoint used) throws IOException {
        Nic nic = stack.createNic(nicName, used);
        for (Address each : addresses) {
            nic.addAddress(each.address(), each.prefixLength());
        }
        for (Route each : routes) {
            stack.routes().add(each.destination(), each.router(), nic, each.options());
        }
        return nic;
    }

    private ResolverOptions resolverOptions() {
        ResolverOptions given = names != null ? names : ResolverOptions.of(List.of());
        if (!given.localAddresses().isEmpty()) {
            return given;
        }
        return given.withLocalHost(
                given.localHostName(), addresses.stream().map(Address::address).toList());
    }

    /** Closes what was opened, last first, unless all went well. */
    private record LinkCloser(LinkEndpoint link) implements AutoCloseable {
        @Override
        public void close() {
            link.close();
        }
    }

    private static final class UnheardFailures implements FailureReport {
        @Override
        public void stackFailed(Throwable cause) {
            Thread thread = Thread.currentThread();
            thread.getUncaughtExceptionHandler().uncaughtException(thread, cause);
        }
    }

    private static final class Cleanup {
        private final List<AutoCloseable> opened = new ArrayList<>();

        void add(AutoCloseable each) {
            opened.add(each);
        }

        void keep() {
            opened.clear();
        }

        void run() throws IOException {
            IOException failure = null;
            for (int i = opened.size() - 1; i >= 0; i--) {
                try {
                    opened.get(i).close();
                } catch (Exception e) {
                    failure = failure == null ? new IOException("cannot clean up after a failed start", e) : failure;
                }
            }
            if (failure != null) {
                throw failure;
            }
        }
    }
}
