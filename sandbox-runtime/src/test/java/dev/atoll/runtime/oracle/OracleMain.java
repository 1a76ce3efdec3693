package dev.atoll.runtime.oracle;

import dev.atoll.stack.filter.Family;
import java.util.Locale;

/**
 * {@code OracleMain FAMILY BACKEND CASES SEED}: as many cases, from that seed on; ends with the counts. Without arguments it
 * prints the families whose policies are read.
 */
final class OracleMain {
    private static final int MAX_SHOWN = 5;

    private OracleMain() {}

    public static void main(String[] args) throws Exception {
        if (args.length == 0) {
            AtollFilter.families().forEach(System.out::println);
            return;
        }
        Topology topology = Topology.of(Family.valueOf(args[0].toUpperCase(Locale.ROOT)));
        Backend backend = Backend.valueOf(args[1].toUpperCase(Locale.ROOT));
        int cases = Integer.parseInt(args[2]);
        long first = Long.parseLong(args[3]);
        int failed = 0;
        try (Oracle oracle = new Oracle(topology, backend)) {
            for (long seed = first; seed < first + cases; seed++) {
                OracleCase each = OracleCase.of(topology, backend, seed);
                String difference = oracle.difference(each);
                if (difference == null) {
                    continue;
                }
                failed++;
                System.out.println("FAIL  seed " + seed);
                if (failed <= MAX_SHOWN) {
                    System.out.println(oracle.explain(each, difference));
                }
            }
            System.out.println(args[0] + " " + args[1] + ": rules of " + oracle.accepted() + " cases were taken, "
                    + oracle.counted() + " rules met a packet");
        }
        System.out.println((cases - failed) + " passed, " + failed + " failed, 0 skipped");
        System.exit(failed == 0 ? 0 : 1);
    }
}
