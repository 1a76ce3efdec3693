package dev.atoll.runtime.policy;

import dev.atoll.stack.filter.NatTarget;
import dev.atoll.stack.filter.StandardTarget;
import dev.atoll.stack.wire.IpAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code -j NETMAP --to NETWORK/MASK}. */
final class NetmapSyntax extends TargetSyntax {
    private static final List<OptionSpec> OPTIONS = List.of(OptionSpec.of("to", 1, false));
    private static final int ALL_BITS = 32;

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
                Addresses.plain(slash < 0 ? word.text() : word.text().substring(0, slash));
        int length = slash < 0 ? ALL_BITS : Ports.number(word.text().substring(slash + 1), ALL_BITS);
        IpAddress dotted = slash < 0 ? null : Addresses.plain(word.text().substring(slash + 1));
        if (network == null || (length < 0 && dotted == null)) {
            line.error(word, "\"" + word.text() + "\" is no network, expected ADDRESS/LENGTH or ADDRESS/MASK");
            return null;
        }
        int mask = length < 0 && dotted != null ? dotted.v4Bits() : length == 0 ? 0 : -1 << ALL_BITS - length;
        return new NatTarget.Netmap(IpAddress.v4(network.v4Bits() & mask), IpAddress.v4(mask));
    }

    static void print(NatTarget.Netmap target, RuleText out) {
        int mask = target.mask().v4Bits();
        int length = Integer.bitCount(mask);
        boolean prefix = mask == (length == 0 ? 0 : -1 << ALL_BITS - length);
        String network = target.network().toString();
        out.target("NETMAP").option(false, "to").word(network + "/" + (prefix ? length : target.mask()));
    }
}
