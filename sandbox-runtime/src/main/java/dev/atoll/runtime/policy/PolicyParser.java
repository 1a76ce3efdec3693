package dev.atoll.runtime.policy;

import dev.atoll.stack.filter.IpSet;
import dev.atoll.stack.filter.RuleSet;
import dev.atoll.stack.filter.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Reads policies in the form of iptables-save and ip6tables-save, as iptables-restore and ip6tables-restore do, and says
 * everything that is wrong with them at once. Stricter than those where they would load something else than was meant;
 * docs/policy.md lists it.
 *
 * <p>No state is shared, so texts can be read in any number of threads.
 */
public final class PolicyParser {
    /** The largest text that is read, characters: a million rules of ordinary length. */
    public static final int MAX_TEXT = PolicyReader.MAX_TEXT;

    private PolicyParser() {}

    /**
     * Reads a policy.
     *
     * @param source the file's name as messages and denials shall give it
     * @param resolver looks up host names
     */
    public static PolicyResult parse(String source, String text, HostResolver resolver) {
        return parse(List.of(new PolicyText(source, text)), resolver);
    }

    /**
     * Reads texts that make one policy together, as one for each family: no two may have the same table of a family.
     *
     * @param texts one at least
     * @param resolver looks up host names
     */
    public static PolicyResult parse(List<PolicyText> texts, HostResolver resolver) {
        return parse(texts, Map.of(), resolver);
    }

    /**
     * The same of a policy whose rules ask for sets.
     *
     * @param texts one at least
     * @param sets those that {@code -m set} may name, as {@link IpSetParser} gives them
     * @param resolver looks up host names
     */
    public static PolicyResult parse(List<PolicyText> texts, Map<String, IpSet> sets, HostResolver resolver) {
        Lookups lookups = new Lookups(resolver, sets);
        List<PolicyReader> readers = new ArrayList<>();
        List<Table> tables = new ArrayList<>();
        for (PolicyText text : texts) {
            PolicyReader reader = new PolicyReader(text, lookups);
            tables.addAll(reader.read());
            readers.add(reader);
        }
        for (RuleSet.Problem problem : RuleSet.problems(tables)) {
            readerOf(problem, readers).report(problem);
        }
        List<PolicyError> errors = new ArrayList<>();
        for (PolicyReader reader : readers) {
            errors.addAll(reader.errors());
        }
        return errors.isEmpty() ? new PolicyResult.Accepted(RuleSet.of(tables)) : new PolicyResult.Refused(errors);
    }

    /** Who read what a problem is about; of the whole policy it is told at the first text. */
    private static PolicyReader readerOf(RuleSet.Problem problem, List<PolicyReader> readers) {
        for (PolicyReader reader : readers) {
            if (problem.origin() != null
                    && reader.source().equals(problem.origin().source())) {
                return reader;
            }
        }
        return readers.get(0);
    }
}
