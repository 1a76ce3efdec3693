package dev.atoll.runtime.control;

import dev.atoll.runtime.dns.ResolverOptions;
import dev.atoll.stack.filter.FlowDirection;
import dev.atoll.stack.filter.Origin;
import dev.atoll.stack.options.RouteOptions;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.MacAddress;
import dev.atoll.stack.wire.Subnet;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One message on the control connection. The launcher speaks first: {@link Setup}, then {@link Policy} if there is one;
 * the program's JVM answers {@link Ready} or {@link Failed}, and then each side says what it has to say.
 *
 * <p>A JVM that the launcher has not started itself connects to {@link #DOOR} and speaks first: {@link Hello}, to which the
 * answer is {@link Admitted}, before all else, or {@link Refused}. For its link it connects once more and says {@link
 * LinkOpening}; what follows there are frames.
 */
public sealed interface ControlRecord {
    /** What the launcher says. */
    sealed interface ToProgram extends ControlRecord {}

    /** What the program's JVM says; untrusted. */
    sealed interface ToLauncher extends ControlRecord {}

    /** Where in the sandbox the launcher listens for JVMs that others have started. */
    String DOOR = "/etc/atoll/door";

    /** {@link Setup} field: no such descriptor. */
    int NO_DESCRIPTOR = -1;

    /** The kinds of link that a program's JVM drives itself. */
    enum LinkKind {
        /** Loopback only. */
        NONE,
        /** A TAP device's descriptor: one frame per read, a virtio-net header before it. */
        TAP,
        /** A packet socket bound to an interface: one frame per read, a virtio-net header before it. */
        PACKET,
        /**
         * A Unix stream socket: frames with a 4-byte big-endian length. Without a descriptor it is one that the JVM opens by
         * its {@link Ticket}.
         */
        STREAM
    }

    /** An address with the length of its subnet's prefix. */
    record Address(IpAddress address, int prefixLength) {
        public Address {
            if (prefixLength < 0 || prefixLength > address.bitLength()) {
                throw new IllegalArgumentException("prefix length " + prefixLength + " of " + address);
            }
        }

        @Override
        public String toString() {
            return address + "/" + prefixLength;
        }
    }

    /**
     * A route through the link besides that of its addresses' subnets and the default route.
     *
     * @param gateway the router, or null if the destinations are on the link itself
     * @param options what it is besides; its metric is the place it has among others
     */
    record Route(Subnet destination, @Nullable IpAddress gateway, RouteOptions options) {
        /** One that is nothing besides. */
        public Route(Subnet destination, @Nullable IpAddress gateway) {
            this(destination, gateway, RouteOptions.DEFAULT);
        }

        @Override
        public String toString() {
            return gateway == null ? destination.toString() : destination + " via " + gateway;
        }
    }

    /**
     * The link.
     *
     * @param kind how frames cross it
     * @param descriptor the inherited descriptor's number, or {@link #NO_DESCRIPTOR} for {@link LinkKind#NONE}
     * @param name what the program sees as the interface's name
     * @param mtuBytes the largest IP packet
     * @param mac the program's link address
     * @param headerBytes length of the virtio-net header before each frame; 0 if there is none
     * @param offload whether that header may leave checksum and segmentation to the other end
     */
    record Link(
            LinkKind kind,
            int descriptor,
            String name,
            int mtuBytes,
            MacAddress mac,
            int headerBytes,
            boolean offload) {}

    /**
     * How names are looked up; words and limits are those of resolv.conf(5).
     *
     * @param servers in the order they are asked
     * @param strict whether they are asked only for names that some rule could allow
     * @param search suffixes for short names, in the order they are tried
     * @param dots {@code ndots}: a name with so many dots is tried as it is first
     * @param timeoutSeconds {@code timeout}: how long to wait for one server
     * @param attempts {@code attempts}: how often to go through the servers
     * @param rotate {@code rotate}: whether each lookup begins with the next server
     */
    record Names(
            List<IpAddress> servers,
            boolean strict,
            List<String> search,
            int dots,
            int timeoutSeconds,
            int attempts,
            boolean rotate) {
        /** Nobody is asked, and everything else is as by default. */
        public static final Names NONE = new Names(
                List.of(),
                false,
                List.of(),
                ResolverOptions.DEFAULT_DOTS,
                ResolverOptions.DEFAULT_TIMEOUT_SECONDS,
                ResolverOptions.DEFAULT_ATTEMPTS,
                false);

        public Names {
            servers = List.copyOf(servers);
            search = List.copyOf(search);
        }

        /** The same with other servers. */
        public Names withServers(List<IpAddress> others) {
            return new Names(others, strict, search, dots, timeoutSeconds, attempts, rotate);
        }
    }

    /**
     * Everything the program's JVM needs to start its stack.
     *
     * @param hostname the sandbox's name
     * @param link the one link besides loopback
     * @param addresses of the link's interface
     * @param router next hop of the default route of IPv4, or null for none
     * @param routes others, the better one of two first; the default route itself if it is something besides
     * @param names how names are looked up
     * @param ipv6 whether there is IPv6: on loopback, and on the link if it has an address of it
     * @param plainErrors whether what the program gets for a refusal says no more than the JDK does
     * @param captureDescriptor an inherited descriptor that takes a pcapng file, or {@link #NO_DESCRIPTOR}
     * @param flows whether the launcher wants to hear of each flow
     * @param audit whether rules only look on
     * @param policyFollows whether a {@link Policy} is the next record; the program does not start before it
     */
    record Setup(
            String hostname,
            Link link,
            List<Address> addresses,
            @Nullable IpAddress router,
            List<Route> routes,
            Names names,
            boolean ipv6,
            boolean plainErrors,
            int captureDescriptor,
            boolean flows,
            boolean audit,
            boolean policyFollows)
            implements ToProgram {
        public Setup {
            addresses = List.copyOf(addresses);
            routes = List.copyOf(routes);
        }
    }

    /**
     * The rules now in force, each with its origin.
     *
     * @param rules a rule set in the form of {@code dev.atoll.runtime.policy}, from position to limit
     */
    record Policy(ByteBuffer rules) implements ToProgram {
        public Policy {
            rules = rules.asReadOnlyBuffer();
        }

        /** The rules, with a position of the caller's own. */
        @Override
        public ByteBuffer rules() {
            return rules.duplicate();
        }
    }

    /**
     * Other rules in place of those in force; {@link Reloaded} answers it.
     *
     * @param number tells its answer from others
     * @param rules as those of {@link Policy}
     */
    record Reload(int number, ByteBuffer rules) implements ToProgram {
        public Reload {
            rules = rules.asReadOnlyBuffer();
        }

        /** The rules, with a position of the caller's own. */
        @Override
        public ByteBuffer rules() {
            return rules.duplicate();
        }
    }

    /** By which a JVM's two connections are told to be one JVM's; nobody can guess it. */
    record Ticket(long high, long low) {
        /** It is as good as a key: not for logs. */
        @Override
        public String toString() {
            return "Ticket";
        }
    }

    /**
     * A JVM that said {@link Hello} has its place in the sandbox; {@link Setup} follows.
     *
     * @param ticket opens its link
     */
    record Admitted(Ticket ticket) implements ToProgram {}

    /** A JVM that said {@link Hello} has no place in the sandbox; {@code reason} is for people. */
    record Refused(String reason) implements ToProgram {}

    /** The network is cut from here on; {@code reason} is what an application's exceptions say. */
    record Stop(String reason) implements ToProgram {}

    /**
     * The rules of a {@link Reload} are in force, or those before still are.
     *
     * @param number that of the question
     * @param ended connections and other flows that they ended
     * @param problem why they are not in force, or empty
     */
    record Reloaded(int number, int ended, String problem) implements ToLauncher {}

    /** A JVM asks for a network of its own. */
    record Hello() implements ToLauncher {}

    /** What follows on this connection are frames of the JVM that has this ticket. */
    record LinkOpening(Ticket ticket) implements ToLauncher {}

    /** The stack runs, every hook is verified, {@code main} is about to be called. */
    record Ready() implements ToLauncher {}

    /**
     * A rule refused something.
     *
     * @param rule the rule's origin as text, {@code egress.rules:12: -A OUTPUT -j REJECT}
     * @param what protocol and the two ends
     * @param where the line of code that asked for it, or empty if unknown
     * @param packet the packet, or null if it was none that was refused
     */
    record Denial(
            String rule,
            String what,
            String where,
            @Nullable DeniedPacket packet) implements ToLauncher {
        /** The rule of what no rule has decided: connection tracking had no room. */
        public static final String TABLE_FULL = "connection table full";

        /** Of something that is no packet. */
        public Denial(String rule, String what, String where) {
            this(rule, what, where, null);
        }
    }

    /**
     * A packet that was refused.
     *
     * @param outgoing whether the program sent it
     * @param opens whether it would have begun something, and is no answer or part of what is known
     * @param protocol IANA protocol number
     * @param source with port 0 for a protocol that has none
     * @param destination as {@code source}
     */
    record DeniedPacket(boolean outgoing, boolean opens, int protocol, FullAddress source, FullAddress destination) {}

    /** Counters by name, since the start. */
    record Counters(List<Counter> values) implements ToLauncher {
        public Counters {
            values = List.copyOf(values);
        }
    }

    /** One counter. */
    record Counter(String name, long value) {
        /** Packets that rules wanted to be told, and that came too fast. */
        public static final String UNTOLD_PACKETS = "filter.packets.untold";

        /** Denials that came too fast to be told. */
        public static final String UNTOLD_DENIALS = "filter.denials.untold";
    }

    /**
     * A rule told of a packet.
     *
     * @param source the target that did
     * @param level that of syslog for {@link PacketSource#LOG}, else 0
     * @param group that of {@link PacketSource#NFLOG}, else 0
     * @param rule the rule's origin as text
     * @param prefix what the rule wants before it, or what a trace met
     * @param packet as Linux's log has it
     * @param untoldBefore how many were not told since the last one, as they came too fast
     */
    record PacketLog(
            PacketSource source, int level, int group, String rule, String prefix, String packet, long untoldBefore)
            implements ToLauncher {}

    /** The targets that tell of packets. */
    enum PacketSource {
        LOG,
        NFLOG,
        AUDIT,
        TRACE
    }

    /** The name of the {@link Counter} of flows that the launcher was not told of, since it did not keep up. */
    String LOST_FLOWS = "flows.lost";

    /** What became of a flow. */
    enum FlowVerdict {
        /** It passed. */
        ACCEPT,
        /** A rule ended its first packet in silence. */
        DROP,
        /** A rule ended its first packet with an answer. */
        REJECT,
        /** It passed since rules only looked on; else as {@link #DROP}. */
        WOULD_DROP,
        /** It passed since rules only looked on; else as {@link #REJECT}. */
        WOULD_REJECT
    }

    /**
     * A flow that is over, or that a rule kept from beginning.
     *
     * @param beganMs since the epoch
     * @param durationMs to its last packet
     * @param origin the rule or policy that decided, or null if none was asked
     * @param protocol IANA protocol number
     * @param source who began it; port 0 for a protocol that has none
     * @param destination as {@code source}
     * @param name what the program had asked for when it got the other end's address, or empty
     * @param traffic what went both ways
     * @param caller the code that began it
     */
    record Flow(
            long beganMs,
            long durationMs,
            FlowVerdict verdict,
            @Nullable Origin origin,
            FlowDirection direction,
            int protocol,
            FullAddress source,
            FullAddress destination,
            String name,
            Traffic traffic,
            Caller caller)
            implements ToLauncher {}

    /** What a flow carried, seen from the program: packets, and their bytes with the IP header. */
    record Traffic(long packetsOut, long bytesOut, long packetsIn, long bytesIn) {
        /** Nothing. */
        public static final Traffic NONE = new Traffic(0, 0, 0, 0);
    }

    /**
     * The code that began a flow; all of it empty where that is not known.
     *
     * @param thread its name
     * @param codeSource where the code came from
     * @param frames the topmost of the program's, innermost first
     */
    record Caller(String thread, String codeSource, List<String> frames) {
        /** Nobody knows. */
        public static final Caller UNKNOWN = new Caller("", "", List.of());

        public Caller {
            frames = List.copyOf(frames);
        }
    }

    /** The sandbox inside could not start or cannot go on; the JVM stops. */
    record Failed(FailureCode code, String message) implements ToLauncher {}

    /** Why the inside failed. */
    enum FailureCode {
        /** Something of Atoll's own before {@code main}. */
        START,
        /** The link or the control descriptor ended. */
        LINK,
        /** An error inside the stack. */
        STACK
    }

    /** The program's JVM ends by itself, and its stack has ended: nothing crosses the link any more. */
    record Ended() implements ToLauncher {}
}
