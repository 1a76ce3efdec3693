package dev.atoll.stack.filter;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.env.Check;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A whole policy: the tables of one or both families, checked and immutable. One rule set can be in force in several
 * stacks at once; counters are kept by each stack's {@link IpTables}.
 */
public final class RuleSet {
    /** The most rules in all tables together. */
    public static final int MAX_RULES = 1_000_000;

    /** No tables: every packet is accepted. */
    public static final RuleSet EMPTY = new RuleSet(List.of());

    private final List<Table> tables;

    private RuleSet(List<Table> tables) {
        this.tables = tables;
    }

    /**
     * One thing that is wrong with the tables offered.
     *
     * @param origin where; null if the fault has no one place
     * @param message what is wrong and what was expected
     */
    public record Problem(@Nullable Origin origin, String message) {
        @Override
        public String toString() {
            return origin == null ? message : origin + ": " + message;
        }
    }

    /**
     * A rule set of these tables.
     *
     * @throws IllegalArgumentException naming everything {@link #problems} finds
     */
    public static RuleSet of(List<Table> tables) {
        List<Problem> problems = problems(tables);
        if (!problems.isEmpty()) {
            StringBuilder message = new StringBuilder("not a valid rule set");
            for (Problem problem : problems) {
                message.append('\n').append(problem);
            }
            throw new IllegalArgumentException(message.toString());
        }
        return new RuleSet(List.copyOf(tables));
    }

    /** Everything that keeps these tables from being a rule set; empty if they are one. */
    public static List<Problem> problems(List<Table> tables) {
        List<Problem> problems = new ArrayList<>();
        Map<TableName, Table> seenV4 = new EnumMap<>(TableName.class);
        Map<TableName, Table> seenV6 = new EnumMap<>(TableName.class);
        int rules = 0;
        MemoryCheck memory = new MemoryCheck(problems);
        for (Table table : tables) {
            Map<TableName, Table> seen = table.family() == Family.IPV4 ? seenV4 : seenV6;
            Table first = seen.putIfAbsent(table.name(), table);
            if (first != null) {
                String message =
                        "the " + table.family() + " table " + table.name().text() + " is there twice, first at "
                                + first.origin().source() + ":" + first.origin().line();
                problems.add(new Problem(table.origin(), message));
            }
            for (Chain chain : table.chains()) {
                rules += chain.rules().size();
            }
            new TableCheck(table, problems).run();
            memory.check(table);
        }
        if (rules > MAX_RULES) {
            problems.add(new Problem(null, rules + " rules, at most " + MAX_RULES + " are allowed"));
        }
        return problems;
    }

    /**
     * Passes a rule set through an archive, which is how it gets to another process; origins go with it.
     *
     * @param value while saving the rule set, while restoring null
     * @throws IllegalArgumentException while saving, if it has a matcher or target that is not one of the standard ones; while
     *     restoring, if what was saved is no rule set
     */
    public static RuleSet archive(Archive archive, @Nullable RuleSet value) {
        Class<?> foreign = value == null ? null : ArchivedRules.foreignClass(value);
        Check.argument(foreign == null, "value", foreign, "standard matchers and targets only");
        return ArchivedRules.ruleSet(archive, value);
    }

    /** The tables in the order given. */
    public List<Table> tables() {
        return tables;
    }

    /** The table of that family and name, or null. */
    public @Nullable Table table(Family family, TableName name) {
        for (Table table : tables) {
            if (table.family() == family && table.name() == name) {
                return table;
            }
        }
        return null;
    }

    /** Whether any table is there for that family. */
    public boolean covers(Family family) {
        for (Table table : tables) {
            if (table.family() == family) {
                return true;
            }
        }
        return false;
    }

    /** Whether connections must be tracked: a matcher or target asks for them, or there is a table nat. */
    public boolean needsConnTrack() {
        for (Table table : tables) {
            if (table.name() == TableName.NAT) {
                return true;
            }
            for (Chain chain : table.chains()) {
                for (Rule rule : chain.rules()) {
                    if (rule.target().needsConnTrack()) {
                        return true;
                    }
                    for (Matcher matcher : rule.matchers()) {
                        if (matcher.needsConnTrack()) {
                            return true;
                        }
                    }
                }
            }
        }
        return false;
    }

    /** Whether a rule asks who sends: then a stack has to be told. */
    public boolean needsSocketOwner() {
        return uses(OwnerMatcher.class);
    }

    /** Whether a rule asks whose code opens sockets: then endpoints have to be told. */
    public boolean needsSocketCaller() {
        return uses(CodeSourceMatcher.class);
    }

    private boolean uses(Class<? extends StandardMatcher> type) {
        for (Table table : tables) {
            for (Chain chain : table.chains()) {
                for (Rule rule : chain.rules()) {
                    for (Matcher matcher : rule.matchers()) {
                        if (type.isInstance(matcher)) {
                            return true;
                        }
                    }
                }
            }
        }
        return false;
    }

    /** Two rule sets are equal if their tables are, origins included. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof RuleSet that && tables.equals(that.tables);
    }

    @Override
    public int hashCode() {
        return tables.hashCode();
    }

    @Override
    public String toString() {
        return "RuleSet" + tables;
    }
}
