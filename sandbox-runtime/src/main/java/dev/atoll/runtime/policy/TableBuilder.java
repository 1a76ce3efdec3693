package dev.atoll.runtime.policy;

import dev.atoll.stack.filter.Chain;
import dev.atoll.stack.filter.ChainPolicy;
import dev.atoll.stack.filter.Family;
import dev.atoll.stack.filter.Hook;
import dev.atoll.stack.filter.Origin;
import dev.atoll.stack.filter.Rule;
import dev.atoll.stack.filter.RuleSet;
import dev.atoll.stack.filter.StandardTarget;
import dev.atoll.stack.filter.Table;
import dev.atoll.stack.filter.TableName;
import dev.atoll.stack.filter.Target;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A table while the lines between {@code *table} and COMMIT change it. */
final class TableBuilder implements ChainNames {
    private static final class Draft {
        private String name;
        private @Nullable ChainPolicy policy;
        private @Nullable Origin origin;
        private final List<Rule> rules = new ArrayList<>();

        Draft(String name, @Nullable ChainPolicy policy, @Nullable Origin origin) {
            this.name = name;
            this.policy = policy;
            this.origin = origin;
        }
    }

    private final TableName name;
    private final Family family;
    private final Origin origin;
    private final Map<String, Integer> declarations;
    private final Map<String, Draft> chains = new LinkedHashMap<>();
    private final Map<Integer, Word> targetWords;
    private int added;

    /**
     * A table with its built-in chains and nothing in them.
     *
     * @param declarations the line that declares each chain of the table, those further down included
     * @param targetWords filled with where the rule of each line names its target
     */
    TableBuilder(
            TableName name,
            Family family,
            Origin origin,
            Map<String, Integer> declarations,
            Map<Integer, Word> targetWords) {
        this.name = name;
        this.family = family;
        this.origin = origin;
        this.declarations = declarations;
        this.targetWords = targetWords;
        for (Hook hook : name.hooks()) {
            chains.put(hook.name(), new Draft(hook.name(), ChainPolicy.ACCEPT, null));
        }
    }

    Table build() {
        List<Chain> built = new ArrayList<>();
        for (Draft draft : chains.values()) {
            built.add(new Chain(draft.name, draft.policy, draft.rules, draft.origin));
        }
        return new Table(name, family, built, origin);
    }

    @Override
    public boolean hasUserChain(String chain) {
        Draft draft = chains.get(chain);
        return draft != null && draft.policy == null;
    }

    @Override
    public boolean hasBuiltIn(String chain) {
        Draft draft = chains.get(chain);
        return draft != null && draft.policy != null;
    }

    @Override
    public int declaredLater(String chain) {
        return chains.containsKey(chain) ? 0 : declarations.getOrDefault(chain, 0);
    }

    @Override
    public Collection<String> userChains() {
        List<String> names = new ArrayList<>();
        for (Draft draft : chains.values()) {
            if (draft.policy == null) {
                names.add(draft.name);
            }
        }
        return names;
    }

    /** A line {@code :CHAIN POLICY}. */
    void declare(Word chain, Word policy, Line line) {
        if (hasBuiltIn(chain.text())) {
            if (!policy.text().equals("-")) {
                setPolicy(chain, policy, line);
            }
            return;
        }
        if (!policy.text().equals("-")) {
            line.error(
                    chain,
                    "\"" + chain.text() + "\" is no built-in chain of table " + name.text()
                            + ", and only those have a policy; expected \":" + chain.text() + " -\"",
                    Suggestion.closest(chain.text(), builtIns()));
            return;
        }
        create(chain, line);
    }

    private List<String> builtIns() {
        List<String> names = new ArrayList<>();
        for (Hook hook : name.hooks()) {
            names.add(hook.name());
        }
        return names;
    }

    private void setPolicy(Word chain, Word policy, Line line) {
        Draft draft = chains.get(chain.text());
        if (draft == null || draft.policy == null) {
            line.error(chain, "only a built-in chain has a policy", Suggestion.closest(chain.text(), builtIns()));
            return;
        }
        switch (policy.text()) {
            case "ACCEPT":
                draft.policy = ChainPolicy.ACCEPT;
                break;
            case "DROP":
                draft.policy = ChainPolicy.DROP;
                break;
            default:
                String hint = policy.text().equals("REJECT") ? "; to reject the rest, append a rule -j REJECT" : "";
                line.error(
                        policy,
                        "\"" + policy.text() + "\" is no policy, expected ACCEPT or DROP" + hint,
                        Suggestion.closest(policy.text(), List.of("ACCEPT", "DROP")));
                return;
        }
        draft.origin = line.origin();
    }

    private void create(Word chain, Line line) {
        String text = chain.text();
        if (chains.containsKey(text)) {
            line.error(chain, "there is a chain \"" + text + "\" already");
        } else if (checkName(chain, line)) {
            chains.put(text, new Draft(text, null, line.origin()));
        }
    }

    private static boolean checkName(Word chain, Line line) {
        String text = chain.text();
        if (text.isEmpty() || text.length() > Chain.MAX_NAME_LENGTH) {
            line.error(chain, "a chain's name has 1 to " + Chain.MAX_NAME_LENGTH + " characters");
            return false;
        }
        if (text.startsWith("-") || text.startsWith("!") || text.indexOf(' ') >= 0 || text.indexOf('\t') >= 0) {
            line.error(chain, "a chain's name begins with neither - nor ! and has no blanks");
            return false;
        }
        if (Extensions.isTargetName(text)) {
            line.error(chain, "\"" + text + "\" is the name of a target, so -j could not mean the chain");
            return false;
        }
        return true;
    }

    /** Does what a line says. */
    void apply(Command command, Line line) {
        Word chain = command.chain();
        if (chain == null) {
            if (command.letter() == 'F') {
                chains.values().forEach(draft -> draft.rules.clear());
            } else if (command.letter() == 'X') {
                deleteAll(line);
            }
            return;
        }
        if (command.letter() == 'N') {
            create(chain, line);
            return;
        }
        Draft draft = chains.get(chain.text());
        if (draft == null) {
            noSuchChain(chain, line);
            return;
        }
        Word argument = command.argument();
        switch (command.letter()) {
            case 'F':
                draft.rules.clear();
                break;
            case 'Z':
                zero(draft, argument, line);
                break;
            case 'X':
                delete(draft, chain, line);
                break;
            case 'P':
                if (argument != null && name == TableName.NAT && argument.text().equals("DROP")) {
                    noDropInNat(argument, line);
                }
                setPolicy(chain, argument == null ? chain : argument, line);
                break;
            case 'E':
                rename(draft, chain, argument == null ? chain : argument, line);
                break;
            default:
                change(draft, command, line);
        }
    }

    private static void noDropInNat(Word at, Line line) {
        line.error(at, "table nat does not filter, so DROP cannot be used there; use table filter");
    }

    private void noSuchChain(Word chain, Line line) {
        int later = declaredLater(chain.text());
        String hint = later > 0 ? " before line " + later + ", which declares it; declare it first" : "";
        line.error(
                chain,
                "there is no chain \"" + chain.text() + "\"" + hint,
                later > 0 ? null : Suggestion.closest(chain.text(), chains.keySet()));
    }

    /** -A, -I, -R, -D. */
    private void change(Draft draft, Command command, Line line) {
        List<Rule> rules = command.rules();
        Word argument = command.argument();
        if (command.target() != null) {
            targetWords.put(line.number(), command.target());
        }
        for (Rule rule : rules) {
            if (name == TableName.NAT && rule.target() instanceof StandardTarget.Drop) {
                noDropInNat(command.target() == null ? line.whole() : command.target(), line);
            }
        }
        added += rules.size();
        if (added > RuleSet.MAX_RULES) {
            line.error(line.whole(), "the policy has more than " + RuleSet.MAX_RULES + " rules");
            return;
        }
        switch (command.letter()) {
            case 'A':
                draft.rules.addAll(rules);
                break;
            case 'I':
                int at = argument == null ? 0 : ruleNumber(argument, draft.rules.size() + 1, line) - 1;
                if (at >= 0) {
                    // One after the other at the same place, as iptables does: the last comes first.
                    rules.forEach(rule -> draft.rules.add(at, rule));
                }
                break;
            case 'R':
                replace(draft, rules, argument, line);
                break;
            default:
                if (argument != null) {
                    int index = ruleNumber(argument, draft.rules.size(), line) - 1;
                    if (index >= 0) {
                        draft.rules.remove(index);
                    }
                } else {
                    rules.forEach(rule -> deleteLike(draft, rule, line));
                }
        }
    }

    private static void replace(Draft draft, List<Rule> rules, @Nullable Word argument, Line line) {
        if (rules.size() != 1) {
            line.error(line.whole(), "-R needs a rule with one source and one destination");
            return;
        }
        int index = argument == null ? -1 : ruleNumber(argument, draft.rules.size(), line) - 1;
        if (index >= 0) {
            draft.rules.set(index, rules.get(0));
        }
    }

    /** A rule's number, counted from 1; 0 if it is wrong, which was reported. */
    private static int ruleNumber(Word word, int last, Line line) {
        int number = Ports.number(word.text(), Integer.MAX_VALUE);
        if (number < 1 || number > last) {
            String range = last == 0 ? "the chain has no rules" : "expected 1 to " + last;
            line.error(word, "there is no rule \"" + word.text() + "\" here: " + range);
            return 0;
        }
        return number;
    }

    private static void deleteLike(Draft draft, Rule wanted, Line line) {
        for (int i = 0; i < draft.rules.size(); i++) {
            Rule rule = draft.rules.get(i);
            if (rule.matchers().equals(wanted.matchers()) && rule.target().equals(wanted.target())) {
                draft.rules.remove(i);
                return;
            }
        }
        line.error(line.whole(), "no rule of chain " + draft.name + " is like this one, so none can be deleted");
    }

    /** Counters begin at 0 anyway; what is named must exist all the same. */
    private static void zero(Draft draft, @Nullable Word argument, Line line) {
        if (argument != null) {
            ruleNumber(argument, draft.rules.size(), line);
        }
    }

    private void delete(Draft draft, Word at, Line line) {
        if (draft.policy != null) {
            line.error(at, "the built-in chain " + draft.name + " cannot be deleted");
        } else if (!draft.rules.isEmpty()) {
            line.error(at, "chain " + draft.name + " still has rules; -F " + draft.name + " first");
        } else if (isReferenced(draft.name)) {
            line.error(at, "a rule still goes to chain " + draft.name);
        } else {
            chains.remove(draft.name);
        }
    }

    private void deleteAll(Line line) {
        for (Draft draft : List.copyOf(chains.values())) {
            if (draft.policy == null) {
                delete(draft, line.whole(), line);
            }
        }
    }

    private boolean isReferenced(String chain) {
        for (Draft draft : chains.values()) {
            for (Rule rule : draft.rules) {
                if (chain.equals(rule.target().chain())) {
                    return true;
                }
            }
        }
        return false;
    }

    private void rename(Draft draft, Word from, Word to, Line line) {
        if (draft.policy != null) {
            line.error(from, "the built-in chain " + draft.name + " cannot be renamed");
            return;
        }
        if (chains.containsKey(to.text())) {
            line.error(to, "there is a chain \"" + to.text() + "\" already");
            return;
        }
        if (!checkName(to, line)) {
            return;
        }
        chains.remove(draft.name);
        for (Draft other : chains.values()) {
            other.rules.replaceAll(rule -> retarget(rule, from.text(), to.text()));
        }
        draft.rules.replaceAll(rule -> retarget(rule, from.text(), to.text()));
        draft.name = to.text();
        chains.put(to.text(), draft);
    }

    private static Rule retarget(Rule rule, String from, String to) {
        if (!from.equals(rule.target().chain())) {
            return rule;
        }
        Target target = rule.target() instanceof StandardTarget.GoTo
                ? new StandardTarget.GoTo(to)
                : new StandardTarget.Jump(to);
        return new Rule(rule.matchers(), target, rule.origin());
    }
}
