package dev.atoll.stack.packetdrill;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The words packetdrill has for ICMPv4 types and codes (RFC 792, RFC 1122, RFC 1812). */
final class IcmpNames {
    private static final Map<String, Integer> TYPES = Map.ofEntries(
            Map.entry("echo_reply", 0),
            Map.entry("unreachable", 3),
            Map.entry("source_quench", 4),
            Map.entry("redirect", 5),
            Map.entry("echo_request", 8),
            Map.entry("time_exceeded", 11),
            Map.entry("parameter_problem", 12));

    /** Codes of "unreachable"; the place is the number. */
    private static final List<String> UNREACHABLE_CODES = List.of(
            "net_unreachable",
            "host_unreachable",
            "protocol_unreachable",
            "port_unreachable",
            "frag_needed",
            "source_route_failed",
            "net_unknown",
            "host_unknown",
            "source_host_isolated",
            "net_prohibited",
            "host_prohibited",
            "net_unreachable_for_tos",
            "host_unreachable_for_tos",
            "packet_filtered",
            "precedence_violation",
            "precedence_cutoff");

    private IcmpNames() {}

    static @Nullable Integer type(String word) {
        return TYPES.get(word);
    }

    /** The number of a code of "unreachable", or -1. */
    static int unreachableCode(String word) {
        return UNREACHABLE_CODES.indexOf(word);
    }
}
