package dev.atoll.runtime.policy;

import dev.atoll.stack.filter.FlowTarget.ConnMark;
import dev.atoll.stack.filter.FlowTarget.ConnMark.Operation;
import dev.atoll.stack.filter.StandardTarget;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code -j CONNMARK}: the mark of a connection, to and from that of its packets. */
final class ConnMarkTargetSyntax extends TargetSyntax {
    private static final List<String> WAYS =
            List.of("set-xmark", "set-mark", "and-mark", "or-mark", "xor-mark", "save-mark", "restore-mark");
    private static final List<OptionSpec> OPTIONS = List.of(
            OptionSpec.of("set-xmark", 1, false),
            OptionSpec.of("set-mark", 1, false),
            OptionSpec.of("and-mark", 1, false),
            OptionSpec.of("or-mark", 1, false),
            OptionSpec.of("xor-mark", 1, false),
            OptionSpec.of("save-mark", 0, false),
            OptionSpec.of("restore-mark", 0, false),
            OptionSpec.of("left-shift-mark", 1, false),
            OptionSpec.of("right-shift-mark", 1, false),
            OptionSpec.of("ctmask", 1, false),
            OptionSpec.of("nfmask", 1, false),
            OptionSpec.of("mask", 1, false));
    private static final long ALL = 0xffff_ffffL;
    private static final int MOST_SHIFT = 31;

    ConnMarkTargetSyntax() {
        super("CONNMARK", OPTIONS);
    }

    @Override
    @Nullable StandardTarget finish(Word at, Line line) {
        Use way = only(WAYS, line);
        if (way == null) {
            if (!line.isBad()) {
                line.error(at, "-j CONNMARK needs --set-mark, --save-mark, --restore-mark or another of its ways");
            }
            return null;
        }
        int shift = shift(line);
        boolean copies = way.is("save-mark") || way.is("restore-mark");
        Use mask = used("mask");
        for (String name : List.of("ctmask", "nfmask")) {
            Use other = used(name);
            if (other != null && (mask != null || !copies)) {
                line.error(other.at(), "--" + name + " needs --save-mark or --restore-mark, and no --mask");
            }
        }
        if (mask != null && !copies) {
            line.error(mask.at(), "--mask needs --save-mark or --restore-mark; write --set-xmark VALUE/MASK");
        }
        if (copies) {
            int both = (int) bits(mask, line);
            int connection = mask == null ? (int) bits(used("ctmask"), line) : both;
            int packet = mask == null ? (int) bits(used("nfmask"), line) : both;
            Operation operation = way.is("save-mark") ? Operation.SAVE : Operation.RESTORE;
            return line.isBad() ? null : new ConnMark(operation, 0, connection, packet, shift);
        }
        StandardTarget.Mark set = MarkTargetSyntax.mark(way, line);
        return set == null || line.isBad() ? null : new ConnMark(Operation.SET, set.value(), set.mask(), -1, shift);
    }

    private int shift(Line line) {
        Use use = only(List.of("left-shift-mark", "right-shift-mark"), line);
        if (use == null) {
            return 0;
        }
        int bits = (int) Numbers.parse(use.argument().text(), MOST_SHIFT);
        if (bits < 1) {
            line.error(use.argument(), "\"" + use.argument().text() + "\" is no shift, expected 1 to " + MOST_SHIFT);
        }
        return use.is("left-shift-mark") ? bits : -bits;
    }

    /** All bits if there is no such option. */
    private static long bits(@Nullable Use use, Line line) {
        long bits = use == null ? ALL : Numbers.parse(use.argument().text(), ALL);
        if (bits < 0 && use != null) {
            line.error(use.argument(), "\"" + use.argument().text() + "\" is no mask, expected 0 to 0xffffffff");
        }
        return bits;
    }

    static void print(ConnMark target, RuleText out) {
        out.target("CONNMARK");
        if (target.operation() == Operation.SET) {
            out.option(false, "set-xmark").word(hex(target.value()) + "/" + hex(target.connectionMask()));
        } else {
            out.option(false, target.operation() == Operation.SAVE ? "save-mark" : "restore-mark")
                    .option(false, "nfmask")
                    .word(hex(target.packetMask()))
                    .option(false, "ctmask")
                    .word(hex(target.connectionMask()));
        }
        if (target.leftShift() != 0) {
            out.option(false, target.leftShift() > 0 ? "left-shift-mark" : "right-shift-mark")
                    .word(Math.abs(target.leftShift()));
        }
    }

    private static String hex(int value) {
        return "0x" + Integer.toHexString(value);
    }
}
