package dev.atoll.runtime.policy;

import dev.atoll.stack.filter.FlowTarget.NoTrack;
import dev.atoll.stack.filter.FlowTarget.NoTrack.Spelling;
import dev.atoll.stack.filter.StandardTarget;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code -j NOTRACK} and {@code -j CT --notrack}: packets that no connection is looked up for. */
final class NoTrackSyntax extends TargetSyntax {
    private static final List<OptionSpec> OPTIONS = List.of(
            OptionSpec.of("notrack", 0, false),
            OptionSpec.unbuilt("helper"),
            OptionSpec.unbuilt("timeout"),
            OptionSpec.unbuilt("ctevents"),
            OptionSpec.unbuilt("expevents"),
            OptionSpec.unbuilt("zone"),
            OptionSpec.unbuilt("zone-orig"),
            OptionSpec.unbuilt("zone-reply"));

    private final Spelling spelling;

    private NoTrackSyntax(Spelling spelling, List<OptionSpec> options) {
        super(spelling.name(), options);
        this.spelling = spelling;
    }

    static NoTrackSyntax notrack() {
        return new NoTrackSyntax(Spelling.NOTRACK, List.of());
    }

    static NoTrackSyntax ct() {
        return new NoTrackSyntax(Spelling.CT, OPTIONS);
    }

    @Override
    @Nullable StandardTarget finish(Word at, Line line) {
        if (spelling == Spelling.CT && used("notrack") == null) {
            line.error(at, "-j CT without --notrack says nothing here");
            return null;
        }
        return new NoTrack(spelling);
    }

    static void print(NoTrack target, RuleText out) {
        out.target(target.spelling().name());
        if (target.spelling() == Spelling.CT) {
            out.option(false, "notrack");
        }
    }
}
