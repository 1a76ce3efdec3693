package dev.atoll.runtime.oracle;

import dev.atoll.stack.filter.TableName;
import java.util.ArrayList;
import java.util.List;

/** Rules, and what is sent through them. */
record OracleCase(long seed, List<RuleTable> tables, List<Step> steps) {
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
    static OracleCase of(Topology topology, Backend backend, long seed) {
        Draw draw = new Draw(seed);
        List<RuleTable> tables = new RandomRules(topology, draw).tables();
        boolean translates = tables.stream().anyMatch(table -> table.name() == TableName.NAT);
        // What a header is too short for is dropped by iptables' own matches, and by a stack; for nftables it does not
        // match.
        Traffic traffic = new Traffic(topology, draw, translates, backend == Backend.LEGACY);
        List<Step> steps = new ArrayList<>();
        int count = 3 + draw.below(8);
        while (steps.size() < count) {
            switch (draw.below(12)) {
                case 0, 1 -> steps.add(traffic.departure());
                case 2 -> steps.addAll(traffic.fragments());
                case 3, 4, 5 -> steps.add(steps.isEmpty() ? traffic.arrival() : traffic.answer(steps.size()));
                default -> steps.add(traffic.arrival());
            }
        }
        return new OracleCase(seed, tables, steps);
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
            if (isDispensable(i)) {
                cases.add(new OracleCase(seed, tables, without(steps, i)));
            }
        }
        for (int i = 0; i < tables.size(); i++) {
            RuleTable table = tables.get(i);
            if (tables.size() > 1) {
                cases.add(new OracleCase(seed, without(tables, i), steps));
            }
            for (int rule = 0; rule < table.rules().size(); rule++) {
                List<RuleTable> others = new ArrayList<>(tables);
                others.set(i, new RuleTable(table.name(), table.head(), without(table.rules(), rule)));
                cases.add(new OracleCase(seed, others, steps));
            }
        }
        return cases;
    }

    /** Nothing answers it, nor anything behind it, whose number would be another one then. */
    private boolean isDispensable(int index) {
        return steps.stream().noneMatch(step -> step instanceof Step.Answer answer && answer.step() >= index);
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
