package dev.atoll.runtime.policy;

import dev.atoll.stack.filter.Family;
import dev.atoll.stack.filter.RewriteTarget.SetHops;
import dev.atoll.stack.filter.StandardTarget;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code -j TTL} of IPv4 and {@code -j HL} of IPv6: more hops, or fewer. */
final class TtlTargetSyntax extends TargetSyntax {
    private final Family family;

    private TtlTargetSyntax(Family family) {
        super(name(family), options(option(family)));
        this.family = family;
    }

    static TtlTargetSyntax ttl() {
        return new TtlTargetSyntax(Family.IPV4);
    }

    static TtlTargetSyntax hl() {
        return new TtlTargetSyntax(Family.IPV6);
    }

    private static String name(Family family) {
        return family == Family.IPV4 ? "TTL" : "HL";
    }

    private static String option(Family family) {
        return family == Family.IPV4 ? "ttl-" : "hl-";
    }

    private static List<OptionSpec> options(String option) {
        return List.of(
                OptionSpec.of(option + "set", 1, false),
                OptionSpec.of(option + "dec", 1, false),
                OptionSpec.of(option + "inc", 1, false));
    }

    @Override
    Family onlyFamily() {
        return family;
    }

    @Override
    @Nullable StandardTarget finish(Word at, Line line) {
        String option = option(family);
        Use use = only(List.of(option + "set", option + "dec", option + "inc"), line);
        if (use == null) {
            if (!line.isBad()) {
                line.error(
                        at, "-j " + name() + " needs --" + option + "set, --" + option + "dec or --" + option + "inc");
            }
            return null;
        }
        int least = use.is(option + "set") ? 0 : 1;
        int hops = (int) Numbers.parse(use.argument().text(), 255);
        if (hops < least) {
            line.error(
                    use.argument(),
                    "\"" + use.argument().text() + "\" is no number of hops, expected " + least + " to 255");
            return null;
        }
        return new SetHops(change(use, option), hops);
    }

    private static SetHops.Change change(Use use, String option) {
        if (use.is(option + "set")) {
            return SetHops.Change.SET;
        }
        return use.is(option + "inc") ? SetHops.Change.INCREASE : SetHops.Change.DECREASE;
    }

    static void print(SetHops target, RuleText out) {
        String change =
                switch (target.change()) {
                    case SET -> "set";
                    case INCREASE -> "inc";
                    case DECREASE -> "dec";
                };
        out.target(name(out.family()))
                .option(false, option(out.family()) + change)
                .word(target.hops());
    }
}
