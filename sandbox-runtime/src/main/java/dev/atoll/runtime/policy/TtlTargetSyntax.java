package dev.atoll.runtime.policy;

import dev.atoll.stack.filter.RewriteTarget.SetHops;
import dev.atoll.stack.filter.StandardTarget;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code -j TTL}: more hops, or fewer. */
final class TtlTargetSyntax extends TargetSyntax {
    private static final List<String> WAYS = List.of("ttl-set", "ttl-dec", "ttl-inc");
    private static final List<OptionSpec> OPTIONS = List.of(
            OptionSpec.of("ttl-set", 1, false), OptionSpec.of("ttl-dec", 1, false), OptionSpec.of("ttl-inc", 1, false));

    TtlTargetSyntax() {
        super("TTL", OPTIONS);
    }

    @Override
    @Nullable StandardTarget finish(Word at, Line line) {
        Use use = only(WAYS, line);
        if (use == null) {
            if (!line.isBad()) {
                line.error(at, "-j TTL needs --ttl-set, --ttl-dec or --ttl-inc");
            }
            return null;
        }
        int least = use.is("ttl-set") ? 0 : 1;
        int hops = (int) Numbers.parse(use.argument().text(), 255);
        if (hops < least) {
            line.error(
                    use.argument(),
                    "\"" + use.argument().text() + "\" is no number of hops, expected " + least + " to 255");
            return null;
        }
        return new SetHops(change(use), hops);
    }

    private static SetHops.Change change(Use use) {
        if (use.is("ttl-set")) {
            return SetHops.Change.SET;
        }
        return use.is("ttl-inc") ? SetHops.Change.INCREASE : SetHops.Change.DECREASE;
    }

    static void print(SetHops target, RuleText out) {
        String option =
                switch (target.change()) {
                    case SET -> "ttl-set";
                    case INCREASE -> "ttl-inc";
                    case DECREASE -> "ttl-dec";
                };
        out.target("TTL").option(false, option).word(target.hops());
    }
}
