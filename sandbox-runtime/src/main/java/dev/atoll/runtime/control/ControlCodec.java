package dev.atoll.runtime.control;

import dev.atoll.runtime.control.ControlRecord.Address;
import dev.atoll.runtime.control.ControlRecord.Admitted;
import dev.atoll.runtime.control.ControlRecord.Caller;
import dev.atoll.runtime.control.ControlRecord.Counter;
import dev.atoll.runtime.control.ControlRecord.Counters;
import dev.atoll.runtime.control.ControlRecord.Denial;
import dev.atoll.runtime.control.ControlRecord.DeniedPacket;
import dev.atoll.runtime.control.ControlRecord.Ended;
import dev.atoll.runtime.control.ControlRecord.Failed;
import dev.atoll.runtime.control.ControlRecord.FailureCode;
import dev.atoll.runtime.control.ControlRecord.Flow;
import dev.atoll.runtime.control.ControlRecord.FlowVerdict;
import dev.atoll.runtime.control.ControlRecord.Hello;
import dev.atoll.runtime.control.ControlRecord.Link;
import dev.atoll.runtime.control.ControlRecord.LinkKind;
import dev.atoll.runtime.control.ControlRecord.LinkOpening;
import dev.atoll.runtime.control.ControlRecord.Names;
import dev.atoll.runtime.control.ControlRecord.PacketLog;
import dev.atoll.runtime.control.ControlRecord.PacketSource;
import dev.atoll.runtime.control.ControlRecord.Policy;
import dev.atoll.runtime.control.ControlRecord.Ready;
import dev.atoll.runtime.control.ControlRecord.Refused;
import dev.atoll.runtime.control.ControlRecord.Reload;
import dev.atoll.runtime.control.ControlRecord.Reloaded;
import dev.atoll.runtime.control.ControlRecord.Route;
import dev.atoll.runtime.control.ControlRecord.Setup;
import dev.atoll.runtime.control.ControlRecord.Stop;
import dev.atoll.runtime.control.ControlRecord.Ticket;
import dev.atoll.runtime.control.ControlRecord.ToLauncher;
import dev.atoll.runtime.control.ControlRecord.ToProgram;
import dev.atoll.runtime.control.ControlRecord.Traffic;
import dev.atoll.stack.filter.FlowDirection;
import dev.atoll.stack.filter.Origin;
import dev.atoll.stack.options.RouteOptions;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.MacAddress;
import dev.atoll.stack.wire.Subnet;
import java.nio.ByteBuffer;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The form of records on the wire.
 *
 * <pre>
 * 4 bytes  length of what follows, big-endian
 * 1 byte   version of this form, {@value #VERSION}
 * 1 byte   kind of record
 *          fields in the order of the record's components
 * </pre>
 *
 * <p>Pure functions; both directions have their own kinds and their own bound.
 */
public final class ControlCodec {
    /** Changes with every change of a record: both ends come from one {@code atoll.jar}, a mix is a fault. */
    public static final int VERSION = 4;

    /** Bytes of the length before each record. */
    public static final int LENGTH_BYTES = 4;

    /** The longest record to the program, which has a whole policy in it. */
    public static final int MAX_TO_PROGRAM_BYTES = 64 << 20;

    /** The longest record to the launcher. */
    public static final int MAX_TO_LAUNCHER_BYTES = 64 << 10;

    /** The longest text in a record, in UTF-8. */
    public static final int MAX_TEXT_BYTES = 4 << 10;

    /** The most entries of a list in a record. */
    public static final int MAX_LIST_ENTRIES = 256;

    private static final int SETUP = 1;
    private static final int POLICY = 2;
    private static final int STOP = 3;
    private static final int RELOAD = 6;
    private static final int ADMITTED = 7;
    private static final int REFUSED = 8;
    private static final int READY = 1;
    private static final int DENIAL = 2;
    private static final int COUNTERS = 3;
    private static final int FAILED = 4;
    private static final int ENDED = 5;
    private static final int RELOADED = 6;
    private static final int FLOW = 7;
    private static final int PACKET_LOG = 8;
    private static final int HELLO = 9;
    private static final int LINK_OPENING = 10;

    private static final LinkKind[] LINK_KINDS = LinkKind.values();
    private static final FailureCode[] FAILURE_CODES = FailureCode.values();
    private static final PacketSource[] PACKET_SOURCES = PacketSource.values();
    private static final FlowVerdict[] FLOW_VERDICTS = FlowVerdict.values();
    private static final FlowDirection[] FLOW_DIRECTIONS = FlowDirection.values();

    private ControlCodec() {}

    /** The record with its length before it. */
    public static byte[] encode(ControlRecord value) {
        FieldWriter out = new FieldWriter();
        out.octet(VERSION);
        // No pattern switch on 17, and no default: the compiler does not see what is missing, the round-trip test does.
        if (value instanceof Setup setup) {
            writeSetup(out.octet(SETUP), setup);
        } else if (value instanceof Policy policy) {
            out.octet(POLICY).blob(policy.rules());
        } else if (value instanceof Reload reload) {
            out.octet(RELOAD).number(reload.number()).blob(reload.rules());
        } else if (value instanceof Stop stop) {
            out.octet(STOP).text(stop.reason());
        } else if (value instanceof Admitted admitted) {
            writeTicket(out.octet(ADMITTED), admitted.ticket());
        } else if (value instanceof Refused refused) {
            out.octet(REFUSED).text(refused.reason());
        } else if (value instanceof Hello) {
            out.octet(HELLO);
        } else if (value instanceof LinkOpening opening) {
            writeTicket(out.octet(LINK_OPENING), opening.ticket());
        } else if (value instanceof Ready) {
            out.octet(READY);
        } else if (value instanceof Denial denial) {
            writeDenial(out.octet(DENIAL), denial);
        } else if (value instanceof Counters counters) {
            out.octet(COUNTERS).list(counters.values(), (to, counter) -> to.text(counter.name())
                    .longNumber(counter.value()));
        } else if (value instanceof Failed failed) {
            out.octet(FAILED).text(failed.code().name()).text(failed.message());
        } else if (value instanceof Ended) {
            out.octet(ENDED);
        } else if (value instanceof Reloaded reloaded) {
            out.octet(RELOADED)
                    .number(reloaded.number())
                    .number(reloaded.ended())
                    .text(reloaded.problem());
        } else if (value instanceof PacketLog log) {
            writePacketLog(out.octet(PACKET_LOG), log);
        } else if (value instanceof Flow flow) {
            writeFlow(out.octet(FLOW), flow);
        } else {
            throw new AssertionError("no form for " + value);
        }
        return framed(out.toByteArray(), value instanceof ToProgram ? MAX_TO_PROGRAM_BYTES : MAX_TO_LAUNCHER_BYTES);
    }

    /**
     * Reads a record for the program, without its length.
     *
     * @throws ControlFault if it is not one
     */
    public static ToProgram decodeToProgram(ByteBuffer bytes) throws ControlFault {
        FieldReader in = new FieldReader(bytes);
        int kind = kind(in);
        ToProgram value =
                switch (kind) {
                    case SETUP -> readSetup(in);
                    case POLICY -> new Policy(ByteBuffer.wrap(in.blob(MAX_TO_PROGRAM_BYTES)));
                    case STOP -> new Stop(in.text());
                    case RELOAD -> new Reload(in.number(), ByteBuffer.wrap(in.blob(MAX_TO_PROGRAM_BYTES)));
                    case ADMITTED -> new Admitted(readTicket(in));
                    case REFUSED -> new Refused(in.text());
                    default -> throw new ControlFault("no record to the program has kind " + kind);
                };
        in.end();
        return value;
    }

    /**
     * Reads a record for the launcher, without its length.
     *
     * @throws ControlFault if it is not one
     */
    public static ToLauncher decodeToLauncher(ByteBuffer bytes) throws ControlFault {
        FieldReader in = new FieldReader(bytes);
        int kind = kind(in);
        ToLauncher value =
                switch (kind) {
                    case READY -> new Ready();
                    case DENIAL -> new Denial(in.text(), in.text(), in.text(), readDeniedPacket(in));
                    case COUNTERS -> new Counters(in.list(from -> new Counter(from.text(), from.longNumber())));
                    case FAILED -> new Failed(in.constant(FAILURE_CODES), in.text());
                    case ENDED -> new Ended();
                    case RELOADED -> new Reloaded(in.number(), in.number(), in.text());
                    case PACKET_LOG ->
                        new PacketLog(
                                in.constant(PACKET_SOURCES),
                                in.number(),
                                in.number(),
                                in.text(),
                                in.text(),
                                in.text(),
                                in.longNumber());
                    case FLOW -> readFlow(in);
                    case HELLO -> new Hello();
                    case LINK_OPENING -> new LinkOpening(readTicket(in));
                    default -> throw new ControlFault("no record to the launcher has kind " + kind);
                };
        in.end();
        return value;
    }

    /**
     * Checks a length as it came.
     *
     * @throws ControlFault if no record of that direction is that long
     */
    public static int checkLength(int length, int maxBytes) throws ControlFault {
        if (length < 2 || length > maxBytes) {
            throw new ControlFault(
                    "a record of " + Integer.toUnsignedString(length) + " bytes, allowed are 2 to " + maxBytes);
        }
        return length;
    }

    private static int kind(FieldReader in) throws ControlFault {
        int version = in.octet();
        if (version != VERSION) {
            throw new ControlFault("a record of version " + version + ", expected is " + VERSION);
        }
        return in.octet();
    }

    private static byte[] framed(byte[] record, int maxBytes) {
        if (record.length > maxBytes) {
            throw new IllegalArgumentException(
                    "a record of " + record.length + " bytes, at most " + maxBytes + " are allowed");
        }
        return ByteBuffer.allocate(LENGTH_BYTES + record.length)
                .putInt(record.length)
                .put(record)
                .array();
    }

    private static void writeTicket(FieldWriter out, Ticket ticket) {
        FieldWriter unused = out.longNumber(ticket.high()).longNumber(ticket.low());
    }

    private static Ticket readTicket(FieldReader in) throws ControlFault {
        return new Ticket(in.longNumber(), in.longNumber());
    }

    private static void writeDenial(FieldWriter out, Denial denial) {
        DeniedPacket packet = denial.packet();
        out.text(denial.rule()).text(denial.what()).text(denial.where()).flag(packet != null);
        if (packet != null) {
            out.flag(packet.outgoing())
                    .flag(packet.opens())
                    .number(packet.protocol())
                    .address(packet.source().address())
                    .number(packet.source().port())
                    .address(packet.destination().address())
                    .number(packet.destination().port());
        }
    }

    private static @Nullable DeniedPacket readDeniedPacket(FieldReader in) throws ControlFault {
        if (!in.flag()) {
            return null;
        }
        try {
            return new DeniedPacket(
                    in.flag(),
                    in.flag(),
                    in.number(),
                    new FullAddress(in.address(), in.number()),
                    new FullAddress(in.address(), in.number()));
        } catch (IllegalArgumentException e) {
            throw new ControlFault("a field is out of its range: " + e.getMessage(), e);
        }
    }

    private static void writePacketLog(FieldWriter out, PacketLog log) {
        out.text(log.source().name())
                .number(log.level())
                .number(log.group())
                .text(log.rule())
                .text(log.prefix())
                .text(log.packet())
                .longNumber(log.untoldBefore());
    }

    private static void writeSetup(FieldWriter out, Setup setup) {
        Link link = setup.link();
        Names names = setup.names();
        out.text(setup.hostname())
                .text(link.kind().name())
                .number(link.descriptor())
                .text(link.name())
                .number(link.mtuBytes())
                .longNumber(link.mac().bits())
                .number(link.headerBytes())
                .flag(link.offload())
                .list(setup.addresses(), WRITE_ADDRESS)
                .optionalAddress(setup.router())
                .list(setup.routes(), WRITE_ROUTE)
                .list(names.servers(), WRITE_IP_ADDRESS)
                .flag(names.strict())
                .list(names.search(), WRITE_TEXT)
                .number(names.dots())
                .number(names.timeoutSeconds())
                .number(names.attempts())
                .flag(names.rotate())
                .flag(setup.ipv6())
                .flag(setup.plainErrors())
                .number(setup.captureDescriptor())
                .flag(setup.flows())
                .flag(setup.audit())
                .flag(setup.policyFollows());
    }

    // Classes and no lambdas: decision 0620.

    private static final BiConsumer<FieldWriter, Address> WRITE_ADDRESS = new BiConsumer<>() {
        @Override
        public void accept(FieldWriter out, Address address) {
            FieldWriter unused = out.address(address.address()).octet(address.prefixLength());
        }
    };

    private static final BiConsumer<FieldWriter, Route> WRITE_ROUTE = new BiConsumer<>() {
        @Override
        public void accept(FieldWriter out, Route route) {
            Subnet destination = route.destination();
            FieldWriter unused = out.address(destination.network())
                    .octet(destination.prefixLength())
                    .optionalAddress(route.gateway())
                    .optionalAddress(route.options().source())
                    .number(route.options().mtuBytes())
                    .flag(route.options().mtuLocked())
                    .number(route.options().advertisedMssBytes())
                    .number(route.options().initialWindowSegments());
        }
    };

    private static final BiConsumer<FieldWriter, IpAddress> WRITE_IP_ADDRESS = new BiConsumer<>() {
        @Override
        public void accept(FieldWriter out, IpAddress address) {
            FieldWriter unused = out.address(address);
        }
    };

    private static final BiConsumer<FieldWriter, String> WRITE_TEXT = new BiConsumer<>() {
        @Override
        public void accept(FieldWriter out, String text) {
            FieldWriter unused = out.text(text);
        }
    };

    private static final FieldReader.Entry<Address> READ_ADDRESS = new FieldReader.Entry<>() {
        @Override
        public Address read(FieldReader in) throws ControlFault {
            return new Address(in.address(), in.octet());
        }
    };

    private static final FieldReader.Entry<Route> READ_ROUTE = new FieldReader.Entry<>() {
        @Override
        public Route read(FieldReader in) throws ControlFault {
            return new Route(
                    new Subnet(in.address(), in.octet()),
                    in.optionalAddress(),
                    new RouteOptions(0, in.optionalAddress(), in.number(), in.flag(), in.number(), in.number()));
        }
    };

    private static final FieldReader.Entry<IpAddress> READ_IP_ADDRESS = new FieldReader.Entry<>() {
        @Override
        public IpAddress read(FieldReader in) throws ControlFault {
            return in.address();
        }
    };

    private static final FieldReader.Entry<String> READ_TEXT = new FieldReader.Entry<>() {
        @Override
        public String read(FieldReader in) throws ControlFault {
            return in.text();
        }
    };

    private static Setup readSetup(FieldReader in) throws ControlFault {
        try {
            return new Setup(
                    in.text(),
                    new Link(
                            in.constant(LINK_KINDS),
                            in.number(),
                            in.text(),
                            in.number(),
                            new MacAddress(in.longNumber()),
                            in.number(),
                            in.flag()),
                    in.list(READ_ADDRESS),
                    in.optionalAddress(),
                    in.list(READ_ROUTE),
                    new Names(
                            in.list(READ_IP_ADDRESS),
                            in.flag(),
                            in.list(READ_TEXT),
                            in.number(),
                            in.number(),
                            in.number(),
                            in.flag()),
                    in.flag(),
                    in.flag(),
                    in.number(),
                    in.flag(),
                    in.flag(),
                    in.flag());
        } catch (IllegalArgumentException e) {
            throw new ControlFault("a field is out of its range: " + e.getMessage(), e);
        }
    }

    private static void writeFlow(FieldWriter out, Flow flow) {
        Origin origin = flow.origin();
        out.longNumber(flow.beganMs())
                .longNumber(flow.durationMs())
                .text(flow.verdict().name())
                .flag(origin != null);
        if (origin != null) {
            out.text(origin.source()).number(origin.line()).text(origin.text());
        }
        Traffic traffic = flow.traffic();
        Caller caller = flow.caller();
        out.text(flow.direction().name())
                .number(flow.protocol())
                .address(flow.source().address())
                .number(flow.source().port())
                .address(flow.destination().address())
                .number(flow.destination().port())
                .text(flow.name())
                .longNumber(traffic.packetsOut())
                .longNumber(traffic.bytesOut())
                .longNumber(traffic.packetsIn())
                .longNumber(traffic.bytesIn())
                .text(caller.thread())
                .text(caller.codeSource())
                .list(caller.frames(), (to, frame) -> to.text(frame));
    }

    private static Flow readFlow(FieldReader in) throws ControlFault {
        try {
            return new Flow(
                    in.longNumber(),
                    in.longNumber(),
                    in.constant(FLOW_VERDICTS),
                    in.flag() ? new Origin(in.text(), in.number(), in.text()) : null,
                    in.constant(FLOW_DIRECTIONS),
                    in.number(),
                    new FullAddress(in.address(), in.number()),
                    new FullAddress(in.address(), in.number()),
                    in.text(),
                    new Traffic(in.longNumber(), in.longNumber(), in.longNumber(), in.longNumber()),
                    new Caller(in.text(), in.text(), in.list(FieldReader::text)));
        } catch (IllegalArgumentException e) {
            throw new ControlFault("a field is out of its range: " + e.getMessage(), e);
        }
    }
}
