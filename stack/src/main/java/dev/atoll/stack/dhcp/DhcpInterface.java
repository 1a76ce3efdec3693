package dev.atoll.stack.dhcp;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.archive.ArchiveException;
import dev.atoll.stack.buffer.BufferPool;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.Counters;
import dev.atoll.stack.env.Cycle;
import dev.atoll.stack.env.DhcpSettings;
import dev.atoll.stack.env.DropReason;
import dev.atoll.stack.env.Timer;
import dev.atoll.stack.ip.IpLayer;
import dev.atoll.stack.ip.Routes;
import dev.atoll.stack.nic.Device;
import dev.atoll.stack.nic.HostConfiguration;
import dev.atoll.stack.nic.LocalAddress;
import dev.atoll.stack.options.ArchivedOptions;
import dev.atoll.stack.options.DhcpLease;
import dev.atoll.stack.options.DhcpLoss;
import dev.atoll.stack.wire.AddressKind;
import dev.atoll.stack.wire.ArchivedValues;
import dev.atoll.stack.wire.Checksum;
import dev.atoll.stack.wire.Dhcp;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.IpProtocol;
import dev.atoll.stack.wire.Ipv4;
import dev.atoll.stack.wire.Udp;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * DHCPv4 on one NIC: the client's state machine (RFC 2131 section 4.4, figure 5), with the check for conflicts of RFC
 * 5227 between the server's word and the use of the address. Under the stack's hold.
 *
 * <p>Times are counted from when a lease was asked for, not from the answer, so that the client never believes longer
 * in it than the server.
 */
public final class DhcpInterface implements HostConfiguration {
    /** RFC 2131 section 4.1: the first wait for an answer, doubled each time, a second more or less. */
    static final long FIRST_RETRY_NS = 4_000_000_000L;

    static final long MAX_RETRY_NS = 64_000_000_000L;

    /** Requests before the client begins anew: about a minute (section 3.1, step 5). */
    static final int MAX_REQUESTS = 4;

    /** Least time between requests to renew (section 4.4.5). */
    static final long MIN_RENEWAL_NS = 60_000_000_000L;

    /** Wait after a conflict (section 3.1, step 5), and time in which a second one ends the defence (RFC 5227). */
    static final long CONFLICT_NS = 10_000_000_000L;

    /** Metric of the routes, that of routes learned from IPv6 routers. */
    static final int METRIC = 1024;

    private static final long SECOND_NS = 1_000_000_000L;
    private static final int MAX_START_DELAY_NS = 1_000_000_000;

    /** A server may not make every packet tiny. */
    private static final int MIN_MTU_BYTES = 576;

    /** Where the client is; the names are RFC 2131's, and CHECKING is between REQUESTING and BOUND. */
    public enum State {
        INIT,
        SELECTING,
        REQUESTING,
        REBOOTING,
        CHECKING,
        BOUND,
        RENEWING,
        REBINDING,
        STOPPED
    }

    private final Device device;
    private final Cycle cycle;
    private final Counters counters;
    private final Routes routes;
    private final DhcpSettings settings;
    private final DhcpObserver observer;
    private final DhcpWriter writer;
    private final Timer timer;

    private State state = State.INIT;
    private int transaction;
    private int attempts;
    private int refusals;
    private long startedNs;
    /** When the lease, or the one that is asked for, began to count. */
    private long requestedNs;

    private IpAddress offered = IpAddress.V4_ANY;
    private IpAddress server = IpAddress.V4_ANY;
    /** In CHECKING what was given, else what is in use. */
    private @Nullable Terms terms;

    private @Nullable ConflictProbe probe;
    private final List<Routes.Entry> installed = new ArrayList<>();
    private boolean configured;
    private long defendedNs;
    private boolean defended;

    /** A lease and the moments it makes. */
    private record Terms(DhcpLease lease, long renewNs, long rebindNs, long endNs) {}

    public DhcpInterface(
            Device device,
            Cycle cycle,
            Counters counters,
            BufferPool pool,
            IpLayer ip,
            DhcpSettings settings,
            DhcpObserver observer) {
        this.device = device;
        this.cycle = cycle;
        this.counters = counters;
        this.settings = settings;
        this.observer = observer;
        routes = ip.routes();
        writer = new DhcpWriter(device, ip, pool, counters, settings);
        timer = cycle.newTimer(this::expired);
    }

    public DhcpSettings settings() {
        return settings;
    }

    public State state() {
        return state;
    }

    /** What is in use, or null. */
    public @Nullable DhcpLease lease() {
        return configured && terms != null ? terms.lease : null;
    }

    // --- Beginning and end

    /**
     * Begins.
     *
     * @param previous an address the NIC had on this link before, to be asked for again (INIT-REBOOT), or null
     */
    public void start(@Nullable IpAddress previous) {
        device.setConfiguration(this);
        if (previous == null) {
            begin(cycle.rng().nextInt(MAX_START_DELAY_NS));
        } else {
            reboot(previous);
        }
    }

    /** Asks for another lease; after a while, so that what fails at once does not flood the link. */
    private void begin(long delayNs) {
        endProbe();
        state = State.INIT;
        cycle.armIn(timer, delayNs);
    }

    private void reboot(IpAddress previous) {
        offered = previous;
        server = IpAddress.V4_ANY;
        enter(State.REBOOTING);
        request();
    }

    /** Asks to use the lease at once, as before, or another if the link is another one. */
    @Override
    public void restarted() {
        Terms known = terms;
        if (known != null && configured && state != State.STOPPED) {
            reboot(known.lease.address());
        } else if (state != State.STOPPED) {
            endProbe();
            begin(0);
        }
    }

    /** Gives the lease back (section 4.4.6) and ends. */
    public void release() {
        Terms known = terms;
        if (configured && known != null) {
            DhcpLease lease = known.lease;
            send(Dhcp.RELEASE, lease.address(), null, lease.server(), lease.server());
        }
        stop();
    }

    /** Ends without a word to the server, which keeps the lease for whoever comes back. */
    public void stop() {
        if (state == State.STOPPED) {
            return;
        }
        closed();
        device.setConfiguration(null);
        unconfigure(DhcpLoss.RELEASED);
    }

    @Override
    public void closed() {
        state = State.STOPPED;
        endProbe();
        timer.dispose();
    }

    // --- Asking

    /** A new exchange with its own number, counted from now. */
    private void enter(State next) {
        endProbe();
        state = next;
        transaction = (int) cycle.rng().nextLong();
        attempts = 0;
        startedNs = cycle.nowNs();
        requestedNs = startedNs;
    }

    private void expired() {
        switch (state) {
            case INIT -> {
                enter(State.SELECTING);
                discover();
            }
            case SELECTING -> discover();
            case REQUESTING, REBOOTING -> {
                if (attempts < MAX_REQUESTS) {
                    request();
                } else if (configured) {
                    // Nobody says that the lease is not good any more (section 3.2, step 3).
                    state = State.BOUND;
                    armLease();
                } else {
                    begin(0);
                }
            }
            case BOUND -> renew(State.RENEWING);
            case RENEWING, REBINDING -> renewAgain();
            case CHECKING, STOPPED -> {
                // The first has a timer of its own, the last has none.
            }
        }
    }

    private void discover() {
        send(Dhcp.DISCOVER, IpAddress.V4_ANY, null, null, IpAddress.V4_ANY);
        armRetry();
    }

    private void request() {
        send(Dhcp.REQUEST, IpAddress.V4_ANY, offered, state == State.REQUESTING ? server : null, IpAddress.V4_ANY);
        armRetry();
    }

    private void armRetry() {
        long wait = Math.min(FIRST_RETRY_NS << Math.min(attempts, 10), MAX_RETRY_NS);
        attempts++;
        cycle.armIn(timer, wait - SECOND_NS + 2L * cycle.rng().nextInt((int) SECOND_NS));
    }

    private void renew(State next) {
        enter(next);
        askToRenew();
    }

    private void renewAgain() {
        Terms known = terms;
        if (known == null || cycle.nowNs() - known.endNs >= 0) {
            unconfigure(DhcpLoss.EXPIRED);
            begin(0);
        } else if (state == State.RENEWING && cycle.nowNs() - known.rebindNs >= 0) {
            renew(State.REBINDING);
        } else {
            askToRenew();
        }
    }

    /** The server alone at first, and when it does not answer any (section 4.4.5). */
    private void askToRenew() {
        Terms known = terms;
        if (known == null) {
            return;
        }
        DhcpLease lease = known.lease;
        boolean renewing = state == State.RENEWING;
        send(Dhcp.REQUEST, lease.address(), null, null, renewing ? lease.server() : IpAddress.V4_ANY);
        long left = (renewing ? known.rebindNs : known.endNs) - cycle.nowNs();
        cycle.armIn(timer, left <= MIN_RENEWAL_NS ? left : Math.max(left / 2, MIN_RENEWAL_NS));
    }

    private void send(
            int type, IpAddress from, @Nullable IpAddress requested, @Nullable IpAddress chosen, IpAddress to) {
        long seconds = (cycle.nowNs() - startedNs) / SECOND_NS;
        writer.send(new DhcpWriter.Message(type, transaction, seconds, from, requested, chosen, to));
    }

    // --- Answers

    @Override
    public boolean takes(PacketBuffer packet) {
        int at = packet.transportOffset;
        return packet.transportProtocol == IpProtocol.UDP
                && !Ipv4.isFragment(packet.data(), packet.networkOffset)
                && packet.end() - at >= Udp.HEADER_BYTES
                && Udp.destinationPort(packet.data(), at) == Dhcp.CLIENT_PORT;
    }

    @Override
    public void receive(PacketBuffer packet) {
        ByteBuffer data = packet.data();
        int udp = packet.transportOffset;
        int length = Udp.length(data, udp);
        int at = udp + Udp.HEADER_BYTES;
        boolean whole = length >= Udp.HEADER_BYTES + Dhcp.HEADER_BYTES && length <= packet.end() - udp;
        if (!whole || !isChecksumGood(packet, udp, length) || !Dhcp.isReply(data, at)) {
            counters.drop(DropReason.DHCP_INVALID);
            return;
        }
        if (Dhcp.transaction(data, at) != transaction || Dhcp.linkAddress(data, at) != device.linkAddressBits()) {
            // Another client's on this link, or too late.
            return;
        }
        ReceivedOptions options = ReceivedOptions.read(data, at, udp + length);
        if (options == null) {
            counters.drop(DropReason.DHCP_INVALID);
            return;
        }
        IpAddress yours = IpAddress.v4(Dhcp.yourAddress(data, at));
        switch (options.messageType()) {
            case Dhcp.OFFER -> offered(yours, options.server());
            case Dhcp.ACK -> acknowledged(yours, options);
            case Dhcp.NAK -> refused();
            default -> counters.drop(DropReason.DHCP_INVALID);
        }
    }

    private static boolean isChecksumGood(PacketBuffer packet, int at, int length) {
        if (packet.looped || packet.checksumValidated || Udp.checksum(packet.data(), at) == 0) {
            return true;
        }
        long sum = Checksum.pseudoHeader(packet, IpProtocol.UDP, length);
        return Checksum.fold(Checksum.add(sum, packet.data(), at, length)) == 0xffff;
    }

    private static boolean isHost(IpAddress address) {
        return !address.isUnspecified()
                && !address.isLoopback()
                && !address.isMulticast()
                && address.v4Bits() >>> 28 < 0xe
                && address.v4Bits() >>> 24 != 0;
    }

    private void offered(IpAddress yours, @Nullable IpAddress from) {
        if (state != State.SELECTING || from == null || !isHost(yours)) {
            return;
        }
        // The first that comes is as good as any.
        offered = yours;
        server = from;
        state = State.REQUESTING;
        attempts = 0;
        requestedNs = cycle.nowNs();
        request();
    }

    private boolean isAsking() {
        return state == State.REQUESTING
                || state == State.REBOOTING
                || state == State.RENEWING
                || state == State.REBINDING;
    }

    private void acknowledged(IpAddress yours, ReceivedOptions options) {
        long seconds = options.seconds(Dhcp.OPTION_LEASE_SECONDS);
        IpAddress from = options.server();
        if (!isAsking() || seconds <= 0 || !isHost(yours) || from == null) {
            return;
        }
        refusals = 0;
        Terms given = newTerms(yours, from, seconds, options);
        boolean ours = configured && terms != null && terms.lease.address().equals(yours);
        if (ours || settings.conflictProbes() == 0) {
            bind(given);
            return;
        }
        if (configured) {
            unconfigure(DhcpLoss.REFUSED);
        }
        timer.cancel();
        state = State.CHECKING;
        terms = given;
        probe = newProbe(given);
        probe.start();
    }

    private ConflictProbe newProbe(Terms given) {
        return new ConflictProbe(device, cycle, given.lease.address(), settings.conflictProbes(), () -> bind(given));
    }

    private Terms newTerms(IpAddress yours, IpAddress from, long seconds, ReceivedOptions options) {
        DhcpLease lease = new DhcpLease(
                yours,
                options.prefixLength(yours),
                from,
                seconds,
                options.routes(),
                options.addresses(Dhcp.OPTION_DNS_SERVERS),
                options.domain(),
                options.searchDomains(),
                options.mtuBytes());
        if (seconds == Dhcp.INFINITE_SECONDS) {
            return new Terms(lease, LocalAddress.FOREVER, LocalAddress.FOREVER, LocalAddress.FOREVER);
        }
        // Section 4.4.5; what a server says is heeded if it makes sense.
        long rebind = options.seconds(Dhcp.OPTION_REBIND_SECONDS);
        rebind = rebind > 0 && rebind < seconds ? rebind : seconds * 7 / 8;
        long renew = options.seconds(Dhcp.OPTION_RENEW_SECONDS);
        renew = renew > 0 && renew < rebind ? renew : Math.min(seconds / 2, rebind);
        return new Terms(
                lease,
                requestedNs + renew * SECOND_NS,
                requestedNs + rebind * SECOND_NS,
                requestedNs + seconds * SECOND_NS);
    }

    private void refused() {
        if (!isAsking()) {
            return;
        }
        unconfigure(DhcpLoss.REFUSED);
        begin(Math.min(SECOND_NS << Math.min(refusals++, 6), MAX_RETRY_NS));
    }

    // --- The lease in use

    private void bind(Terms given) {
        endProbe();
        DhcpLease lease = given.lease;
        Terms known = terms;
        if (configured && known != null && isConfiguredAlike(known.lease, lease)) {
            terms = given;
        } else {
            withdraw();
            terms = given;
            configure(lease);
        }
        state = State.BOUND;
        observer.bound(lease);
        armLease();
    }

    private static boolean isConfiguredAlike(DhcpLease a, DhcpLease b) {
        return a.address().equals(b.address())
                && a.prefixLength() == b.prefixLength()
                && a.routes().equals(b.routes())
                && a.mtuBytes() == b.mtuBytes();
    }

    private void armLease() {
        Terms known = terms;
        if (known == null || known.renewNs == LocalAddress.FOREVER) {
            timer.cancel();
        } else {
            timer.arm(known.renewNs);
        }
    }

    private void configure(DhcpLease lease) {
        configured = true;
        defended = false;
        LocalAddress local = new LocalAddress(lease.address(), lease.prefixLength(), AddressKind.DHCP);
        if (lease.mtuBytes() >= MIN_MTU_BYTES) {
            device.setIpv4MtuBytes(lease.mtuBytes());
        }
        device.addAddress(local);
        install(new Routes.Entry(local.subnet(), null, device, 0));
        for (DhcpLease.Route route : lease.routes()) {
            IpAddress gateway = route.gateway().isUnspecified() ? null : route.gateway();
            install(new Routes.Entry(route.destination(), gateway, device, METRIC));
        }
        routes.changed();
    }

    private void install(Routes.Entry entry) {
        if (routes.add(entry)) {
            installed.add(entry);
        }
    }

    /** Takes back what {@link #configure} set, and no more. */
    private void withdraw() {
        Terms known = terms;
        if (!configured || known == null) {
            return;
        }
        configured = false;
        device.setIpv4MtuBytes(Integer.MAX_VALUE);
        for (Routes.Entry entry : installed) {
            routes.remove(entry);
        }
        installed.clear();
        LocalAddress local = device.addressTable().find(known.lease.address());
        if (local != null && local.kind() == AddressKind.DHCP) {
            device.removeAddress(local.address());
        }
        routes.changed();
    }

    private void unconfigure(DhcpLoss why) {
        if (configured) {
            withdraw();
            observer.lost(why);
        }
        terms = null;
    }

    // --- Conflicts (RFC 5227)

    private void endProbe() {
        if (probe != null) {
            probe.stop();
            probe = null;
        }
    }

    @Override
    public void arpSeen(IpAddress sender, long senderLink, IpAddress target) {
        if (senderLink == device.linkAddressBits()) {
            return;
        }
        Terms known = terms;
        if (probe != null && probe.isConflict(sender, target)) {
            counters.addressConflicts++;
            decline();
            observer.lost(DhcpLoss.CONFLICT);
            begin(CONFLICT_NS);
        } else if (configured && known != null && sender.equals(known.lease.address())) {
            counters.addressConflicts++;
            defend(known.lease.address());
        }
    }

    /** Section 2.4 (b): says once whose the address is, and gives way if that does not end it. */
    private void defend(IpAddress address) {
        long now = cycle.nowNs();
        if (!defended || now - defendedNs > CONFLICT_NS) {
            defended = true;
            defendedNs = now;
            device.announce(address);
            return;
        }
        decline();
        unconfigure(DhcpLoss.CONFLICT);
        begin(CONFLICT_NS);
    }

    /** RFC 2131 section 4.4.1: tells the server that its address is not free. */
    private void decline() {
        Terms known = terms;
        if (known != null) {
            DhcpLease lease = known.lease;
            send(Dhcp.DECLINE, IpAddress.V4_ANY, lease.address(), lease.server(), IpAddress.V4_ANY);
        }
        if (!configured) {
            terms = null;
        }
    }

    // --- Saved and restored

    /**
     * Where the client is; restoring takes the place of {@link #start}. What it configured its NIC with is archived with
     * that, before.
     */
    public void archive(Archive archive) {
        archive.section("dhcp");
        state = archive.constant(state);
        transaction = archive.int32(transaction);
        attempts = archive.int32(attempts);
        refusals = archive.int32(refusals);
        startedNs = archive.int64(startedNs);
        requestedNs = archive.int64(requestedNs);
        offered = ArchivedValues.address(archive, offered);
        server = ArchivedValues.address(archive, server);
        terms = archive.optional(terms, DhcpInterface::archiveTerms);
        archiveProbe(archive);
        archive.list(installed, Routes.MAX_ENTRIES, routes::archiveEntry);
        configured = archive.bool(configured);
        defendedNs = archive.int64(defendedNs);
        defended = archive.bool(defended);
        timer.archive(archive);
        if (archive.isRestoring() && state != State.STOPPED) {
            device.setConfiguration(this);
        }
    }

    private static Terms archiveTerms(Archive archive, @Nullable Terms value) {
        DhcpLease lease = ArchivedOptions.lease(archive, value == null ? null : value.lease);
        long renewNs = archive.int64(value == null ? 0 : value.renewNs);
        long rebindNs = archive.int64(value == null ? 0 : value.rebindNs);
        long endNs = archive.int64(value == null ? 0 : value.endNs);
        return value == null ? new Terms(lease, renewNs, rebindNs, endNs) : value;
    }

    private void archiveProbe(Archive archive) {
        if (archive.isRestoring()) {
            endProbe();
        }
        if (archive.bool(probe != null)) {
            Terms given = terms;
            if (given == null) {
                throw new ArchiveException(device.name() + " checks an address that nobody gave it");
            }
            ConflictProbe checking = probe == null ? newProbe(given) : probe;
            checking.archive(archive);
            probe = checking;
        }
    }
}
