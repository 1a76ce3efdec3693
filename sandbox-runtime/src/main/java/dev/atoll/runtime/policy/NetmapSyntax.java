package dev.atoll.runtime.policy;

import dev.atoll.stack.filter.NatTarget;
import dev.atoll.stack.filter.StandardTarget;
import dev.atoll.stack.wire.IpAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code -j NETMAP --to NETWORK/MASK}. */
final class NetmapSyntax extends TargetSyntax {
    private static final List<OptionSpec> OPTIONS = List.of(OptionSpec.of("to", 1, false));

    NetmapSyntax() {
        super("NETMAP", OPTIONS);
    }

    @Override
    @Nullable StandardTarget finish(Word at, Line line) {
        Use use = used("to");
        if (use == null) {
            line.error(at, "-j NETMAP needs --to");
            return null;
        }
        Word word = use.argument();
        int slash = word.text().indexOf('/');
        IpAddress network =
                Addresses.address(word.part(0, slash < 0 ? word.text().length() : slash), line);
        IpAddress mask = slash < 0
                ? Masks.all(line.isIpv4())
                : Masks.parse(word.part(slash + 1, word.text().length()), line);
        if (mask != null && !line.isIpv4() && Masks.hasHoles(mask)) {
            line.error(word, "NETMAP of IPv6 wants a mask without holes, expected ADDRESS/LENGTH");
        }
        return network == null || mask == null ? null : new NatTarget.Netmap(Masks.apply(network, mask), mask);
    }

    static void print(NatTarget.Netmap target, RuleText out) {
        out.target("NETMAP").option(false, "to").word(Masks.text(target.network(), target.mask()));
    }
}
