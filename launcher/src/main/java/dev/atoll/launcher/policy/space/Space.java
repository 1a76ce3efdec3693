package dev.atoll.launcher.policy.space;

import dev.atoll.stack.filter.ConnState;
import dev.atoll.stack.filter.Family;
import dev.atoll.stack.wire.IpAddress;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * All packets of one family, told apart by what rules ask: protocol, addresses, ports, interfaces, state, and every other
 * condition under its text. Of ICMP, type and code stand where others have their destination port, as in the connection
 * table.
 *
 * <p>Variables that packets are told apart by first come first: diagrams stay small if rules name destinations more often
 * than sources.
 */
public final class Space {
    static final int PROTOCOL = 0;
    static final int DESTINATION = 1;
    static final int DESTINATION_PORT = 2;
    static final int OUT = 3;
    static final int SOURCE = 4;
    static final int SOURCE_PORT = 5;
    static final int IN = 6;
    static final int STATE = 7;

    /** The first of those that {@link #condition} gives. */
    static final int FIRST_CONDITION = 8;

    private static final BigInteger LAST_PROTOCOL = BigInteger.valueOf(255);
    private static final BigInteger LAST_PORT = BigInteger.valueOf(0xffff);

    private final Family family;
    private final Interfaces interfaces;
    private final Diagrams diagrams;
    private final Map<String, Integer> conditions = new LinkedHashMap<>();

    public Space(Family family, Interfaces interfaces, Diagrams diagrams) {
        this.family = family;
        this.interfaces = interfaces;
        this.diagrams = diagrams;
    }

    public Family family() {
        return family;
    }

    public Interfaces interfaces() {
        return interfaces;
    }

    public Diagrams diagrams() {
        return diagrams;
    }

    /** The greatest value of a variable. */
    BigInteger most(int variable) {
        return switch (variable) {
            case PROTOCOL -> LAST_PROTOCOL;
            case SOURCE, DESTINATION -> BigInteger.ONE.shiftLeft(addressBits()).subtract(BigInteger.ONE);
            case SOURCE_PORT, DESTINATION_PORT -> LAST_PORT;
            case IN, OUT -> BigInteger.valueOf(interfaces.count() - 1);
            case STATE -> BigInteger.valueOf(ConnState.values().length - 1);
            default -> BigInteger.ONE;
        };
    }

    int addressBits() {
        return family == Family.IPV4 ? Integer.SIZE : 2 * Long.SIZE;
    }

    /** Packets whose variable is within a range, ends included. */
    Diagram range(int variable, BigInteger first, BigInteger last) {
        return diagrams.range(variable, first, last, most(variable));
    }

    Diagram range(int variable, long first, long last) {
        return range(variable, BigInteger.valueOf(first), BigInteger.valueOf(last));
    }

    /** Packets of one protocol. */
    public Diagram protocol(int protocol) {
        return range(PROTOCOL, protocol, protocol);
    }

    /** Packets to one port. */
    public Diagram destinationPort(int port) {
        return range(DESTINATION_PORT, port, port);
    }

    /** Packets to this host's own loopback address. */
    public Diagram loopback() {
        BigInteger own = value(family == Family.IPV4 ? IpAddress.V4_LOOPBACK : IpAddress.V6_LOOPBACK);
        return range(DESTINATION, own, own);
    }

    /** Packets in one state. */
    public Diagram state(ConnState state) {
        int value = value(state);
        return range(STATE, value, value);
    }

    /** Packets that leave by a NIC whose name is that, or came in by it. */
    public Diagram nic(boolean out, String name) {
        int index = interfaces.index(name);
        return range(out ? OUT : IN, index, index);
    }

    /** Packets that meet a condition nothing else is known of; the same text is the same condition. */
    Diagram condition(String text) {
        int variable = conditions.computeIfAbsent(text, unused -> FIRST_CONDITION + conditions.size());
        return range(variable, 1, 1);
    }

    /** The text of a variable that {@link #condition} gave. */
    String conditionText(int variable) {
        List<String> texts = new ArrayList<>(conditions.keySet());
        return texts.get(variable - FIRST_CONDITION);
    }

    /** A state as the value of its variable. */
    static int value(ConnState state) {
        return Integer.numberOfTrailingZeros(state.bit());
    }

    /** An address as the value of its variable. */
    static BigInteger value(IpAddress address) {
        return address.isV4() ? BigInteger.valueOf(address.v4Bits() & 0xffff_ffffL) : unsigned(address);
    }

    private static BigInteger unsigned(IpAddress address) {
        return new BigInteger(1, address.octets());
    }

    /** The address that is a value of its variable. */
    IpAddress address(BigInteger value) {
        if (family == Family.IPV4) {
            return IpAddress.v4(value.intValue());
        }
        return new IpAddress(value.shiftRight(Long.SIZE).longValue(), value.longValue());
    }
}
