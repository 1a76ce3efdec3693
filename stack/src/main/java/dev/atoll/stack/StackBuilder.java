package dev.atoll.stack;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.archive.ArchiveException;
import dev.atoll.stack.congestion.CongestionControl;
import dev.atoll.stack.congestion.CongestionWindow;
import dev.atoll.stack.env.Check;
import dev.atoll.stack.env.Clock;
import dev.atoll.stack.env.Counters;
import dev.atoll.stack.env.Driver;
import dev.atoll.stack.env.Ipv6Settings;
import dev.atoll.stack.env.NeighborSettings;
import dev.atoll.stack.env.Rng;
import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.filter.RuleSet;
import dev.atoll.stack.options.ForwardScope;
import dev.atoll.stack.options.MessageTuning;
import dev.atoll.stack.options.SocketOwner;
import dev.atoll.stack.options.TcpTuning;
import dev.atoll.stack.protocol.NetworkProtocol;
import dev.atoll.stack.protocol.TransportProtocol;
import dev.atoll.stack.protocol.UnclaimedPacketHandler;
import dev.atoll.stack.socket.PortHolder;
import dev.atoll.stack.socket.TcpForwarder;
import dev.atoll.stack.socket.UdpForwarder;
import dev.atoll.stack.tcp.CongestionControls;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** What a {@link Stack} is made of. Each setting that has no default is named when it is missing. */
public final class StackBuilder {
    @Nullable Clock clock;

    @Nullable Rng rng;

    Driver driver = Driver.MANUAL;

    TcpTuning tcp = new TcpTuning();

    MessageTuning messages = MessageTuning.DEFAULT;

    @Nullable Ipv6Settings ipv6;

    NeighborSettings neighbors = NeighborSettings.DEFAULT;

    @Nullable NeighborListener neighborListener;

    @Nullable MulticastForwardingListener multicastForwardingListener;

    @Nullable Ipv6Listener ipv6Listener;

    @Nullable LongSupplier idSource;

    Counters counters = new Counters();

    @Nullable RuleSet rules;

    @Nullable SocketOwner socketOwner;

    boolean handleLocal = true;

    boolean rawEndpoints;

    boolean packetEndpoints;

    EnumSet<Protocol> protocols = EnumSet.of(Protocol.IPV4, Protocol.TCP, Protocol.UDP);

    final List<TransportProtocol> transports = new ArrayList<>();

    final List<NetworkProtocol> networks = new ArrayList<>();

    final Map<String, CongestionControl.Factory> congestionControls = new TreeMap<>();

    @Nullable TcpForwarder tcpForwarder;

    @Nullable UdpForwarder udpForwarder;

    int tcpForwardsInFlight;

    int udpForwardsInFlight;

    ForwardScope tcpForwardScope = ForwardScope.EVERYWHERE;

    ForwardScope udpForwardScope = ForwardScope.EVERYWHERE;

    @Nullable PortHolder portHolder;

    final Map<Integer, UnclaimedPacketHandler> unclaimed = new TreeMap<>();

    StackBuilder() {}

    /** Where time comes from; no default, since only the caller knows whether it is real. */
    public StackBuilder clock(Clock newClock) {
        clock = newClock;
        return this;
    }

    /** Where randomness comes from; no default, since a weak source would be an attacker's door. */
    public StackBuilder rng(Rng newRng) {
        rng = newRng;
        return this;
    }

    /** What drives the stack; by default whoever calls {@link Stack#run}. */
    public StackBuilder driver(Driver newDriver) {
        driver = newDriver;
        return this;
    }

    /**
     * What TCP is set to; Linux's defaults otherwise.
     *
     * @throws IllegalArgumentException with the field's name if a value cannot work
     */
    public StackBuilder tcp(TcpTuning tuning) {
        tuning.check();
        tcp = tuning.copy();
        return this;
    }

    /**
     * Adds a congestion control of one's own, which {@link TcpTuning#congestionControl} and TCP_CONGESTION choose by its
     * name, as they do {@code cubic} and {@code reno}.
     *
     * @param name 1 to 15 characters, as Linux wants them; what {@link CongestionControl#name} says
     * @param factory called once here, with a window of nobody's, to hear the name
     * @throws IllegalArgumentException if the name is taken, or another than the congestion control says
     */
    public StackBuilder congestionControl(String name, CongestionControl.Factory factory) {
        Check.argument(!name.isEmpty() && name.length() <= 15, "name", name, "1 to 15 characters");
        Check.argument(!hasCongestionControl(name), "name", name, "one that is not taken");
        String said = factory.create(new CongestionWindow()).name();
        Check.argument(said.equals(name), "name", name, said + ", as the congestion control has it");
        congestionControls.put(name, factory);
        return this;
    }

    boolean hasCongestionControl(String name) {
        return CongestionControls.isBuiltIn(name) || congestionControls.containsKey(name);
    }

    /** Buffers of UDP, ping, raw and packet endpoints; Linux's defaults otherwise. */
    public StackBuilder messages(MessageTuning tuning) {
        messages = tuning;
        return this;
    }

    /**
     * Names the protocols the stack has: only these exist, others are answered as unknown. By default IPv4, TCP and UDP.
     * IPv6 named here is set up as {@link Ipv6Settings#DEFAULT} says, unless {@link #ipv6} says otherwise.
     *
     * @throws IllegalArgumentException if there is no network protocol among them
     */
    public StackBuilder protocols(Protocol... only) {
        EnumSet<Protocol> named = EnumSet.noneOf(Protocol.class);
        named.addAll(List.of(only));
        Check.argument(
                named.contains(Protocol.IPV4) || named.contains(Protocol.IPV6),
                "protocols",
                named,
                "IPV4 or IPV6 among them");
        protocols = named;
        if (!named.contains(Protocol.IPV6)) {
            ipv6 = null;
        } else if (ipv6 == null) {
            ipv6 = Ipv6Settings.DEFAULT;
        }
        return this;
    }

    /** Adds a transport protocol of one's own, over every network protocol the stack has. */
    public StackBuilder transportProtocol(TransportProtocol protocol) {
        int number = protocol.protocolNumber();
        Check.argument(number >= 0 && number <= 255, "protocolNumber", number, "0 to 255");
        transports.add(protocol);
        return this;
    }

    /** Adds a network protocol of one's own, beside IP. */
    public StackBuilder networkProtocol(NetworkProtocol protocol) {
        int etherType = protocol.etherType();
        Check.argument(etherType >= 0x600 && etherType <= 0xffff, "etherType", etherType, "0x600 to 0xffff");
        networks.add(protocol);
        return this;
    }

    /**
     * Has connections that no listener waits for decided about, to whatever address they go; by default they are refused.
     * For other addresses than own ones {@linkplain Nic#setPromiscuous a NIC must take them}.
     *
     * @param maxInFlight requests that may wait for a decision, at least 1; then new ones are dropped and will be repeated
     */
    public StackBuilder tcpForwarder(int maxInFlight, TcpForwarder forwarder) {
        return tcpForwarder(ForwardScope.EVERYWHERE, maxInFlight, forwarder);
    }

    /** As {@link #tcpForwarder(int, TcpForwarder)}, of connections to addresses of that scope; a stack has one such forwarder. */
    public StackBuilder tcpForwarder(ForwardScope scope, int maxInFlight, TcpForwarder forwarder) {
        Check.argument(maxInFlight > 0, "maxInFlight", maxInFlight, "1 or more");
        tcpForwardScope = scope;
        tcpForwardsInFlight = maxInFlight;
        tcpForwarder = forwarder;
        return this;
    }

    /**
     * Has datagrams that no endpoint is for decided about, to whatever address they go; by default they are refused.
     *
     * @param maxInFlight senders that may wait for a decision, at least 1; then datagrams of others are dropped
     */
    public StackBuilder udpForwarder(int maxInFlight, UdpForwarder forwarder) {
        return udpForwarder(ForwardScope.EVERYWHERE, maxInFlight, forwarder);
    }

    /** As {@link #udpForwarder(int, UdpForwarder)}, of datagrams to addresses of that scope; a stack has one such forwarder. */
    public StackBuilder udpForwarder(ForwardScope scope, int maxInFlight, UdpForwarder forwarder) {
        Check.argument(maxInFlight > 0, "maxInFlight", maxInFlight, "1 or more");
        udpForwardScope = scope;
        udpForwardsInFlight = maxInFlight;
        udpForwarder = forwarder;
        return this;
    }

    /** Who takes ports on loopback besides the stack; by default nobody does. */
    public StackBuilder portHolder(PortHolder holder) {
        portHolder = holder;
        return this;
    }

    /**
     * Says who is offered packets of a transport protocol that no endpoint is for, after the forwarders, before they are
     * refused; also those of protocols the stack does not have.
     *
     * @param protocol protocol number, 0 to 255
     */
    public StackBuilder unclaimedHandler(int protocol, UnclaimedPacketHandler handler) {
        Check.argument(protocol >= 0 && protocol <= 255, "protocol", protocol, "0 to 255");
        unclaimed.put(protocol, handler);
        return this;
    }

    /**
     * Gives the stack IPv6; by default it has IPv4 alone and no IPv6 packet leaves it.
     *
     * @param settings what each NIC does by itself
     */
    public StackBuilder ipv6(Ipv6Settings settings) {
        ipv6 = settings;
        protocols.add(Protocol.IPV6);
        return this;
    }

    /** Timers and limits of neighbour resolution for every NIC; by default RFC 4861's. */
    public StackBuilder neighbors(NeighborSettings settings) {
        neighbors = settings;
        return this;
    }

    /** Who is told what happens to neighbours; by default nobody. */
    public StackBuilder neighborListener(NeighborListener listener) {
        neighborListener = listener;
        return this;
    }

    /** Who is told what packets to groups need to be passed on; by default nobody. */
    public StackBuilder multicastForwardingListener(MulticastForwardingListener listener) {
        multicastForwardingListener = listener;
        return this;
    }

    /** Who is told what NICs configure by themselves and what routers say; by default nobody. */
    public StackBuilder ipv6Listener(Ipv6Listener listener) {
        ipv6Listener = listener;
        return this;
    }

    /**
     * Where the numbers of endpoints come from; by default they are 1, 2, 3 and so on. Called under the stack's hold, so it
     * must not block. Gives each number once and never 0, and the same numbers in a run that is repeated; endpoints of a
     * stack that was restored have theirs already, which it must not give again. {@code IdSourceContract} tests that.
     */
    public StackBuilder idSource(LongSupplier source) {
        idSource = source;
        return this;
    }

    /** What the stack counts in; by default counters of its own. Only one stack may write to them. */
    public StackBuilder counters(Counters newCounters) {
        counters = newCounters;
        return this;
    }

    /** The rules in force from the first packet on; by default everything passes. */
    public StackBuilder rules(RuleSet newRules) {
        rules = newRules;
        return this;
    }

    /** As whom endpoints send, for rules with {@code -m owner}; without it nobody is an owner. */
    public StackBuilder socketOwner(SocketOwner newOwner) {
        socketOwner = newOwner;
        return this;
    }

    /**
     * Whether packets to own addresses stay in the stack, as by default and on Linux. If not, those to addresses of links
     * go out, and whoever is there has to send them back; loopback addresses stay.
     */
    public StackBuilder handleLocal(boolean on) {
        handleLocal = on;
        return this;
    }

    /** Lets raw endpoints be made, which see every packet of a protocol and send any; by default they cannot be. */
    public StackBuilder rawEndpoints(boolean on) {
        rawEndpoints = on;
        return this;
    }

    /** Lets packet endpoints be made, which see and send frames below the filter; by default they cannot be. */
    public StackBuilder packetEndpoints(boolean on) {
        packetEndpoints = on;
        return this;
    }

    /**
     * Makes the stack, with {@code lo} up and 127.0.0.1 and ::1 on it as far as it has their protocols.
     *
     * @throws IllegalArgumentException if the clock or the random source is missing, two protocols have one number, or
     *     there is no congestion control of the name that TCP is set to
     */
    public Stack build() {
        Check.argument(clock != null, "clock", clock, "a clock");
        Check.argument(rng != null, "rng", rng, "a random source");
        return new Stack(this);
    }

    /**
     * Makes a stack again from what {@link Stack#save} wrote. Its settings, NICs, addresses, routes, rules and endpoints
     * are those that were saved; of this builder count the clock, the random source, the driver, listeners, forwarders,
     * protocols and congestion controls of the caller's own, handlers, counters and id source, and {@link #rules} if the saved ones have matchers
     * or targets of the caller's own. The stack's time goes on from where it was saved. What waited for a forwarder's
     * decision is asked about again.
     *
     * @param restorer gives the NICs their links
     * @throws IOException if the stream fails; a {@link StackException} INVALID if it is damaged, of another version or does
     *     not fit this builder, UNKNOWN_NIC if a NIC has no link. Links that were given are closed then
     * @throws IllegalArgumentException as {@link #build}
     */
    public RestoredStack restore(InputStream in, Restorer restorer) throws IOException {
        byte[] saved = in.readAllBytes();
        try {
            Archive archive = Archive.restoring(saved);
            StackArchive.settings(archive, this);
            return restore(build(), archive, restorer);
        } catch (ArchiveException e) {
            throw new StackException(StackError.INVALID, e.getMessage());
        }
    }

    private static RestoredStack restore(Stack stack, Archive archive, Restorer restorer) throws IOException {
        boolean restored = false;
        try {
            RestoredStack result = new RestoredStack(stack, stack.restore(archive, restorer));
            restored = true;
            return result;
        } finally {
            if (!restored) {
                stack.close();
            }
        }
    }
}
