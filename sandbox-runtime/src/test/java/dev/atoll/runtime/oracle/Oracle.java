package dev.atoll.runtime.oracle;

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

    /** Where the two differ; null if they do not. */
    @Nullable String difference(OracleCase each) throws Exception {
        String refusedByKernel = load(kernel, each);
        String refusedByAtoll = load(atoll, each);
        if (refusedByKernel != null || refusedByAtoll != null) {
            boolean both = refusedByKernel != null && refusedByAtoll != null;
            return both ? null : "rules: kernel " + taken(refusedByKernel) + ", atoll " + taken(refusedByAtoll);
        }
        accepted++;
        FrameText text = new FrameText(each.ids());
        StringBuilder differences = new StringBuilder();
        for (int i = 0; i < each.steps().size(); i++) {
            Step step = each.steps().get(i);
            List<String> expected = text(kernel.apply(step), text);
            List<String> actual = text(atoll.apply(step), text);
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

    private static List<String> text(Outcome outcome, FrameText text) {
        List<String> lines = new ArrayList<>(outcome.notes);
        outcome.sent.forEach(sent -> lines.add(text.of(sent)));
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

    /** Tables that a policy does not have are not there in a stack, and empty in the kernel. */
    private void compare(Map<String, List<String>> expected, Map<String, List<String>> actual, StringBuilder to) {
        Map<String, List<String>> all = new TreeMap<>(expected);
        all.keySet()
                .removeIf(chain -> actual.keySet().stream().noneMatch(other -> other.substring(0, other.indexOf(' '))
                        .equals(chain.substring(0, chain.indexOf(' ')))));
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

    /** A case that still differs and has fewer rules and packets. */
    OracleCase shrunk(OracleCase each) throws Exception {
        OracleCase smallest = each;
        boolean again = true;
        while (again) {
            again = false;
            for (OracleCase smaller : smallest.smaller()) {
                if (difference(smaller) != null) {
                    smallest = smaller;
                    again = true;
                    break;
                }
            }
        }
        return smallest;
    }

    @Override
    public void close() throws Exception {
        kernel.close();
        atoll.close();
    }
}
