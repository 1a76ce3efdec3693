package dev.atoll.runtime.policy;

import dev.atoll.stack.filter.StandardTarget;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code -j MARK}: five ways to change the mark of a packet, all of which are one. */
final class MarkTargetSyntax extends TargetSyntax {
    private static final List<String> WAYS = List.of("set-xmark", "set-mark", "and-mark", "or-mark", "xor-mark");
    private static final List<OptionSpec> OPTIONS = List.of(
            OptionSpec.of("set-xmark", 1, false),
            OptionSpec.of("set-mark", 1, false),
            OptionSpec.of("and-mark", 1, false),
            OptionSpec.of("or-mark", 1, false),
            OptionSpec.of("xor-mark", 1, false));
    private static final long ALL = 0xffff_ffffL;

    MarkTargetSyntax() {
        super("MARK", OPTIONS);
    }

    @Override
    @Nullable StandardTarget finish(Word at, Line line) {
        Use use = only(WAYS, line);
        if (use == null) {
            if (!line.isBad()) {
                line.error(at, "-j MARK needs --set-mark, or --set-xmark, --and-mark, --or-mark or --xor-mark");
            }
            return null;
        }
        return mark(use, line);
    }

    /** The mark that one of the five ways makes; null if it is wrong, which was reported. */
    static StandardTarget.@Nullable Mark mark(Use use, Line line) {
        boolean masks = use.is("set-xmark") || use.is("set-mark");
        if (masks) {
            Numbers.Masked mark = Numbers.masked(use.argument(), ALL, line);
            if (mark == null) {
                return null;
            }
            // --set-mark sets the bits of the value, too; --set-xmark turns them over.
            long mask = use.is("set-mark") ? mark.mask() | mark.value() : mark.mask();
            return new StandardTarget.Mark((int) mark.value(), (int) mask);
        }
        long bits = Numbers.parse(use.argument().text(), ALL);
        if (bits < 0) {
            line.error(use.argument(), "\"" + use.argument().text() + "\" is no value, expected 0 to 0xffffffff");
            return null;
        }
        if (use.is("and-mark")) {
            return new StandardTarget.Mark(0, (int) ~bits);
        }
        return use.is("or-mark")
                ? new StandardTarget.Mark((int) bits, (int) bits)
                : new StandardTarget.Mark((int) bits, 0);
    }

    static void print(StandardTarget.Mark target, RuleText out) {
        out.target("MARK")
                .option(false, "set-xmark")
                .word("0x" + Integer.toHexString(target.value()) + "/0x" + Integer.toHexString(target.mask()));
    }
}
