package dev.atoll.runtime.policy;

import dev.atoll.stack.filter.Matcher;
import dev.atoll.stack.filter.PortRange;
import dev.atoll.stack.filter.UdpMatcher;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code -m udp}: ports. */
final class UdpSyntax extends MatchSyntax {
    static final List<OptionSpec> OPTIONS = List.of(
            OptionSpec.alias("source-port", "sport", 1, true),
            OptionSpec.of("sport", 1, true),
            OptionSpec.alias("destination-port", "dport", 1, true),
            OptionSpec.of("dport", 1, true));

    UdpSyntax() {
        super("udp", OPTIONS);
    }

    @Override
    @Nullable Matcher finish(Word at, Line line) {
        PortRange source = Ports.range(used("sport"), line);
        PortRange destination = Ports.range(used("dport"), line);
        return source == null || destination == null ? null : new UdpMatcher(source, destination);
    }

    static void print(UdpMatcher matcher, RuleText out) {
        out.match("udp").ports("sport", matcher.source()).ports("dport", matcher.destination());
    }
}
