package dev.atoll.stack.filter;

import dev.atoll.stack.archive.Archive;
import java.util.ArrayList;
import java.util.List;

/**
 * What the rules in force in one stack remember of packets together: lists and tables that several rules name. Each is made by
 * the first rule that names it, before any packet comes, and its size is bounded.
 */
public final class MemoryTables {
    private final List<NamedList> lists = new ArrayList<>();
    private final List<HashLimitTable> tables = new ArrayList<>();
    private final List<ConnLimitTable> connections = new ArrayList<>();

    private record NamedList(String name, RecentList list) {}

    /** No lists and tables. */
    public MemoryTables() {}

    /** The list that a rule names. */
    RecentList recent(RecentMatcher rule) {
        RecentList found = null;
        for (NamedList known : lists) {
            found = known.name().equals(rule.name()) ? known.list() : found;
        }
        if (found == null) {
            found = new RecentList(rule.mask());
            lists.add(new NamedList(rule.name(), found));
        }
        found.add(rule);
        return found;
    }

    /** The table that a rule names. */
    HashLimitTable hashLimit(HashLimitMatcher rule) {
        for (HashLimitTable known : tables) {
            if (known.settings().equals(rule.settings())) {
                return known;
            }
        }
        HashLimitTable table = new HashLimitTable(rule.settings());
        tables.add(table);
        return table;
    }

    /** A table of connections for one rule. */
    ConnLimitTable connLimit(ConnLimitMatcher rule) {
        ConnLimitTable table = new ConnLimitTable(rule);
        connections.add(table);
        return table;
    }

    /** What is remembered, of the same rules; after the connections that are known. */
    void archive(Archive archive) {
        for (NamedList known : lists) {
            known.list().archive(archive);
        }
        for (HashLimitTable table : tables) {
            table.archive(archive);
        }
        for (ConnLimitTable table : connections) {
            table.archive(archive);
        }
    }
}
