package dev.atoll.runtime.policy;

import dev.atoll.stack.filter.RuleSet;
import java.util.List;

/** What came of reading a policy: a rule set, or everything that is wrong with the text. */
public sealed interface PolicyResult {
    /** The text is a policy. */
    record Accepted(RuleSet ruleSet) implements PolicyResult {}

    /**
     * The text is none.
     *
     * @param errors in the order of their places; never empty
     */
    record Refused(List<PolicyError> errors) implements PolicyResult {
        public Refused {
            errors = List.copyOf(errors);
        }

        /** Every error with its excerpt, ready to print. */
        @Override
        public String toString() {
            StringBuilder text = new StringBuilder();
            for (PolicyError error : errors) {
                text.append(error).append('\n');
            }
            return text.toString();
        }
    }
}
