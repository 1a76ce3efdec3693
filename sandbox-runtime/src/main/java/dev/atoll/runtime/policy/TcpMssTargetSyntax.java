package dev.atoll.runtime.policy;

import dev.atoll.stack.filter.RewriteTarget.TcpMss;
import dev.atoll.stack.filter.StandardTarget;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code -j TCPMSS}: the largest segment that a SYN may announce. */
final class TcpMssTargetSyntax extends TargetSyntax {
    private static final List<OptionSpec> OPTIONS =
            List.of(OptionSpec.of("set-mss", 1, false), OptionSpec.of("clamp-mss-to-pmtu", 0, false));

    TcpMssTargetSyntax() {
        super("TCPMSS", OPTIONS);
    }

    @Override
    @Nullable StandardTarget finish(Word at, Line line) {
        Use use = only(List.of("set-mss", "clamp-mss-to-pmtu"), line);
        if (use == null) {
            if (!line.isBad()) {
                line.error(at, "-j TCPMSS needs --set-mss or --clamp-mss-to-pmtu");
            }
            return null;
        }
        if (use.is("clamp-mss-to-pmtu")) {
            return new TcpMss(TcpMss.CLAMP_TO_PMTU);
        }
        int mss = (int) Numbers.parse(use.argument().text(), TcpMss.MOST);
        if (mss < 0) {
            line.error(
                    use.argument(),
                    "\"" + use.argument().text() + "\" is no segment size, expected 0 to " + TcpMss.MOST);
            return null;
        }
        return new TcpMss(mss);
    }

    static void print(TcpMss target, RuleText out) {
        out.target("TCPMSS");
        if (target.mss() == TcpMss.CLAMP_TO_PMTU) {
            out.option(false, "clamp-mss-to-pmtu");
        } else {
            out.option(false, "set-mss").word(target.mss());
        }
    }
}
