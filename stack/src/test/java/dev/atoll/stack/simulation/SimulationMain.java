package dev.atoll.stack.simulation;

/**
 * Runs {@link BulkTransfer} for the seeds FROM to TO, a line for each failure and a closing line with the counts. With
 * {@code first} as third argument the first failure ends it; so the mutation test runs it in a JVM of its own, against a
 * stack with a bug planted.
 */
public final class SimulationMain {
    private SimulationMain() {}

    // The output of a command-line tool goes to stdout.
    @SuppressWarnings("SystemOut")
    public static void main(String[] arguments) {
        long from = Long.parseLong(arguments[0]);
        long to = Long.parseLong(arguments[1]);
        boolean stopAtFirst = arguments.length > 2 && arguments[2].equals("first");
        long passed = 0;
        long failed = 0;
        for (long seed = from; seed <= to && !(stopAtFirst && failed > 0); seed++) {
            try {
                BulkTransfer.run(seed);
                passed++;
            } catch (AssertionError e) {
                failed++;
                System.out.println("FAIL " + e.getMessage());
            }
        }
        System.out.println(passed + " passed, " + failed + " failed, 0 skipped");
        System.exit(failed == 0 ? 0 : 1);
    }
}
