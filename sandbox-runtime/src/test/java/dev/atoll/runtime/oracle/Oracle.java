package dev.atoll.runtime.oracle;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Puts cases before the kernel and before a stack, and says where they differ. */
final class Oracle implements AutoCloseable {
    private final Filter kernel;
    private final Filter atoll;
    private int accepted;
    private int counted;

    Oracle(Topology topology, Backend backend) throws Exception {
        kernel = new KernelFilter(topology, backend);
        atoll = new AtollFilter(topology);
    }

    /** Cases whose rules both took. */
    int accepted() {
        return accepted;
    }

    /** Rules that some packet met, in all cases together. */
    int counted() {
        return counted;
    }

    /**
     * Where the two differ; null if they do not. What they choose at random may look like what is given, once: a difference is
     * one that comes again.
     */
    @Nullable String difference(OracleCase each) throws Exception {
        return compare(each) == null ? null : compare(each);
    }

    private @Nullable String compare(OracleCase each) throws Exception {
        String refusedByKernel = load(kernel, each);
        String refusedByAtoll = load(atoll, each);
        if (refusedByKernel != null || refusedByAtoll != null) {
            boolean both = refusedByKernel != null && refusedByAtoll != null;
            return both ? null : "rules: kernel " + taken(refusedByKernel) + ", atoll " + taken(refusedByAtoll);
        }
        accepted++;
        FrameText text = new FrameText(Pools.ports());
        StringBuilder differences = new StringBuilder();
        List<Outcome> byKernel = new ArrayList<>();
        List<Outcome> byAtoll = new ArrayList<>();
        for (int i = 0; i < each.steps().size(); i++) {
            Step step = each.steps().get(i);
            List<String> expected = apply(kernel, step, byKernel, text);
            List<String> actual = apply(atoll, step, byAtoll, text);
            if (!expected.equals(actual)) {
                differences.append("step ").append(i).append(":\n");
                append(differences, "kernel", expected, actual);
                append(differences, "atoll ", actual, expected);
            }
        }
        compare(kernel.counted(), atoll.counted(), differences);
        return differences.length() == 0 ? null : differences.toString();
    }

    private static @Nullable String load(Filter filter, OracleCase each) throws Exception {
        try {
            filter.load(each.rules());
            return null;
        } catch (Filter.RefusedException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private static String taken(@Nullable String refusal) {
        return refusal == null ? "takes them" : "refuses them: " + refusal;
    }

    private static List<String> apply(Filter filter, Step step, List<Outcome> earlier, FrameText text)
            throws Exception {
        Step now = step.after(earlier);
        Outcome outcome = now == null ? new Outcome() : filter.apply(now);
        earlier.add(outcome);
        List<String> lines = new ArrayList<>(outcome.notes);
        if (now != null) {
            lines.addAll(text.of(outcome.sent, now.id()));
        }
        lines.sort(null);
        return lines;
    }

    private static void append(StringBuilder to, String who, List<String> lines, List<String> others) {
        List<String> left = new ArrayList<>(lines);
        others.forEach(left::remove);
        left.forEach(
                line -> to.append("  ").append(who).append(": ").append(line).append('\n'));
        if (left.isEmpty()) {
            to.append("  ").append(who).append(": nothing more\n");
        }
    }

    private void compare(Map<String, List<String>> expected, Map<String, List<String>> actual, StringBuilder to) {
        Map<String, List<String>> all = new TreeMap<>(expected);
        actual.forEach((chain, lines) -> {
            List<String> wanted = all.remove(chain);
            if (!lines.equals(wanted)) {
                to.append("chain ").append(chain).append(":\n");
                append(to, "kernel", wanted == null ? List.of() : wanted, lines);
                append(to, "atoll ", lines, wanted == null ? List.of() : wanted);
            }
            counted += (int) lines.stream()
                    .filter(line -> !line.startsWith("[0:") && line.contains("-A "))
                    .count();
        });
        all.keySet().forEach(chain -> to.append("chain ").append(chain).append(": only in the kernel\n"));
    }

    /** A difference, with the fewest rules and packets that still show it. */
    String explain(OracleCase each, String difference) throws Exception {
        OracleCase smallest = each;
        String shown = difference;
        boolean again = true;
        while (again) {
            again = false;
            for (OracleCase smaller : smallest.smaller()) {
                String left = difference(smaller);
                if (left != null) {
                    smallest = smaller;
                    shown = left;
                    again = true;
                    break;
                }
            }
        }
        return smallest + shown;
    }

    @Override
    public void close() throws IOException {
        kernel.close();
        atoll.close();
    }
}
