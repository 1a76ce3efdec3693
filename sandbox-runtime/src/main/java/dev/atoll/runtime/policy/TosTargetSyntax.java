package dev.atoll.runtime.policy;

import dev.atoll.stack.filter.RewriteTarget;
import dev.atoll.stack.filter.StandardTarget;
import dev.atoll.stack.filter.TosMatcher;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** {@code -j DSCP} and {@code -j TOS}: another type of service. */
final class TosTargetSyntax extends TargetSyntax {
    private static final List<OptionSpec> DSCP_OPTIONS =
            List.of(OptionSpec.of("set-dscp", 1, false), OptionSpec.of("set-dscp-class", 1, false));
    private static final List<String> WAYS = List.of("set-tos", "and-tos", "or-tos", "xor-tos");
    private static final List<OptionSpec> TOS_OPTIONS = List.of(
            OptionSpec.of("set-tos", 1, false),
            OptionSpec.of("and-tos", 1, false),
            OptionSpec.of("or-tos", 1, false),
            OptionSpec.of("xor-tos", 1, false));

    private final TosMatcher.Spelling spelling;

    private TosTargetSyntax(TosMatcher.Spelling spelling, List<OptionSpec> options) {
        super(spelling.name(), options);
        this.spelling = spelling;
    }

    static TosTargetSyntax dscp() {
        return new TosTargetSyntax(TosMatcher.Spelling.DSCP, DSCP_OPTIONS);
    }

    static TosTargetSyntax tos() {
        return new TosTargetSyntax(TosMatcher.Spelling.TOS, TOS_OPTIONS);
    }

    @Override
    @Nullable StandardTarget finish(Word at, Line line) {
        return spelling == TosMatcher.Spelling.DSCP ? finishDscp(at, line) : finishTos(at, line);
    }

    private @Nullable StandardTarget finishDscp(Word at, Line line) {
        Use use = only(List.of("set-dscp", "set-dscp-class"), line);
        if (use == null) {
            if (!line.isBad()) {
                line.error(at, "-j DSCP needs --set-dscp or --set-dscp-class");
            }
            return null;
        }
        int point = TosSyntax.codePoint(use.argument(), use.is("set-dscp-class"), line);
        return point < 0 ? null : new RewriteTarget.SetTos(spelling, point << 2, TosMatcher.DSCP_MASK);
    }

    private @Nullable StandardTarget finishTos(Word at, Line line) {
        Use use = only(WAYS, line);
        if (use == null) {
            if (!line.isBad()) {
                line.error(at, "-j TOS needs --set-tos, --and-tos, --or-tos or --xor-tos");
            }
            return null;
        }
        if (use.is("set-tos")) {
            Numbers.Masked tos = TosSyntax.masked(use.argument(), line);
            return tos == null ? null : new RewriteTarget.SetTos(spelling, (int) tos.value(), (int) tos.mask());
        }
        int bits = (int) Numbers.parse(use.argument().text(), 0xff);
        if (bits < 0) {
            line.error(use.argument(), "\"" + use.argument().text() + "\" are no bits, expected 0 to 0xff");
            return null;
        }
        if (use.is("and-tos")) {
            return new RewriteTarget.SetTos(spelling, 0, ~bits & 0xff);
        }
        return new RewriteTarget.SetTos(spelling, bits, use.is("or-tos") ? bits : 0);
    }

    static void print(RewriteTarget.SetTos target, RuleText out) {
        if (target.spelling() == TosMatcher.Spelling.DSCP) {
            out.target("DSCP")
                    .option(false, "set-dscp")
                    .word(String.format(Locale.ROOT, "0x%02x", target.value() >> 2));
        } else {
            out.target("TOS")
                    .option(false, "set-tos")
                    .word(String.format(Locale.ROOT, "0x%02x/0x%02x", target.value(), target.mask()));
        }
    }
}
