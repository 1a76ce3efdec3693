package dev.atoll.stack.fuzz;

/**
 * Feeds spoiled frames to stacks: {@code FuzzMain SEED FRAMES}. Seeds count up, each for a million frames; a line for each
 * that failed, and a closing line with the counts.
 */
public final class FuzzMain {
    private static final long FRAMES_OF_A_SEED = 1_000_000;

    private FuzzMain() {}

    // The output of a command-line tool goes to stdout.
    @SuppressWarnings("SystemOut")
    public static void main(String[] arguments) {
        long seed = Long.parseLong(arguments[0]);
        long frames = Long.parseLong(arguments[1]);
        long passed = 0;
        long failed = 0;
        for (long done = 0; done < frames; done += FRAMES_OF_A_SEED) {
            try {
                FrameFuzz.run(seed, Math.min(FRAMES_OF_A_SEED, frames - done));
                passed++;
            } catch (AssertionError e) {
                failed++;
                System.out.println("FAIL " + e.getMessage());
                if (e.getCause() != null) {
                    e.getCause().printStackTrace(System.out);
                }
            }
            seed++;
        }
        System.out.println(passed + " passed, " + failed + " failed, 0 skipped");
        System.exit(failed == 0 ? 0 : 1);
    }
}
