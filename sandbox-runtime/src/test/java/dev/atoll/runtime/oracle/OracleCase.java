package dev.atoll.runtime.oracle;

import dev.atoll.stack.filter.TableName;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Rules, and what is sent through them.
 *
 * @param ids IP identifications of the packets
 */
record OracleCase(long seed, List<RuleTable> tables, List<Step> steps, Set<Integer> ids) {
    /**
     * @param head chains and their policies
     * @param rules one a line
     */
    record RuleTable(TableName name, List<String> head, List<String> rules) {
        String text() {
            List<String> lines = new ArrayList<>();
            lines.add("*" + name.text());
            lines.addAll(head);
            lines.addAll(rules);
            lines.add("COMMIT");
            return String.join("\n", lines) + "\n";
        }
    }

    /** The case that a seed makes. */
    static OracleCase of(Topology topology, long seed) {
        Draw draw = new Draw(seed);
        List<RuleTable> tables = new RandomRules(topology, draw).tables();
        Traffic traffic = new Traffic(topology, draw);
        List<Step> steps = new ArrayList<>();
        int count = 3 + draw.below(8);
        for (int i = 0; i < count; i++) {
            steps.add(draw.oneIn(5) ? traffic.departure() : traffic.arrival());
        }
        return new OracleCase(seed, tables, steps, traffic.ids());
    }

    String rules() {
        StringBuilder text = new StringBuilder();
        tables.forEach(table -> text.append(table.text()));
        return text.toString();
    }

    /** Cases that have one table, rule or packet less. */
    List<OracleCase> smaller() {
        List<OracleCase> cases = new ArrayList<>();
        for (int i = 0; i < steps.size(); i++) {
            cases.add(new OracleCase(seed, tables, without(steps, i), ids));
        }
        for (int i = 0; i < tables.size(); i++) {
            RuleTable table = tables.get(i);
            if (tables.size() > 1) {
                cases.add(new OracleCase(seed, without(tables, i), steps, ids));
            }
            for (int rule = 0; rule < table.rules().size(); rule++) {
                List<RuleTable> others = new ArrayList<>(tables);
                others.set(i, new RuleTable(table.name(), table.head(), without(table.rules(), rule)));
                cases.add(new OracleCase(seed, others, steps, ids));
            }
        }
        return cases;
    }

    private static <T> List<T> without(List<T> list, int index) {
        List<T> rest = new ArrayList<>(list);
        rest.remove(index);
        return rest;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(rules());
        for (int i = 0; i < steps.size(); i++) {
            text.append(i).append(": ").append(steps.get(i)).append('\n');
        }
        return text.toString();
    }
}
