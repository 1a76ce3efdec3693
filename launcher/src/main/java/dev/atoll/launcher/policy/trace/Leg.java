package dev.atoll.launcher.policy.trace;

import dev.atoll.stack.filter.Chain;
import dev.atoll.stack.filter.Hook;
import dev.atoll.stack.filter.Origin;
import dev.atoll.stack.filter.Table;
import dev.atoll.stack.filter.TableName;
import dev.atoll.stack.filter.Target;
import dev.atoll.stack.filter.Verdict;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one packet meets at one hook.
 *
 * @param answer whether it is the answer to the connection's first packet
 * @param packet what it is, where it comes from and goes to, when it comes to the hook
 * @param nic the interface it came in by or leaves by
 */
public record Leg(Hook hook, boolean answer, String packet, String nic, List<Step> steps, Verdict verdict) {
    public Leg {
        steps = List.copyOf(steps);
    }

    boolean isPassed() {
        return verdict.kind() == Verdict.Kind.ACCEPT;
    }

    /**
     * The rule or policy that decided. A packet that passes several tables is let pass by table filter, whatever others say;
     * null for a built-in chain that no file mentions, or if no rule had to decide.
     */
    @Nullable Origin decidedBy() {
        if (!isPassed()) {
            return verdict.origin();
        }
        Origin decided = null;
        Chain builtIn = null;
        Table table = null;
        for (int i = 0; i < steps.size(); i++) {
            Step step = steps.get(i);
            if (step instanceof Step.Entered entered && entered.chain().isBuiltIn()) {
                builtIn = entered.chain();
                table = entered.table();
            }
            boolean last = i + 1 == steps.size()
                    || (steps.get(i + 1) instanceof Step.Entered next
                            && next.chain().isBuiltIn());
            if (last && builtIn != null && table != null && (decided == null || table.name() == TableName.FILTER)) {
                // Whatever it was that came to its end, a verdict or the way back to the policy.
                decided = step instanceof Step.Matched matched && matched.action() != Target.Action.RETURN
                        ? matched.rule().origin()
                        : builtIn.origin();
            }
        }
        return decided;
    }
}
