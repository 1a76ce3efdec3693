package dev.atoll.launcher.start;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The environment of the program: the launcher's own, unchanged.
 *
 * <p>It passes through {@code sh}, and a shell takes variables whose names are no identifiers out of the environment and
 * sets some of its own. Those few are given back by {@code env} right before the program starts; not all of them are, as
 * arguments of a process can be read by every user of the host. What shells say about themselves is put right by the last
 * of them.
 *
 * @param variables {@code NAME=value} for the start chain
 * @param restored {@code NAME=value} that the shell would lose or change
 * @param repair commands for the last shell
 */
record ProgramEnvironment(List<String> variables, List<String> restored, List<String> repair) {
    /** Variables that shells set themselves. */
    private static final Set<String> SET_BY_SHELLS = Set.of("IFS", "OPTIND", "PPID");

    /** Variables in which shells say where they are and how deep, in the environment of what they start, too. */
    private static final List<String> ABOUT_SHELLS = List.of("PWD", "OLDPWD", "SHLVL");

    static ProgramEnvironment of(Map<String, String> environment) {
        List<String> variables = new ArrayList<>();
        List<String> restored = new ArrayList<>();
        for (Map.Entry<String, String> entry : new TreeMap<>(environment).entrySet()) {
            String text = entry.getKey() + "=" + entry.getValue();
            variables.add(text);
            if (!isIdentifier(entry.getKey()) || SET_BY_SHELLS.contains(entry.getKey())) {
                restored.add(text);
            }
        }
        List<String> repair = new ArrayList<>();
        for (String name : ABOUT_SHELLS) {
            String value = environment.get(name);
            repair.add(value == null ? "unset " + name : "export " + name + "=" + ChainScript.quote(value));
        }
        return new ProgramEnvironment(variables, restored, repair);
    }

    private static boolean isIdentifier(String name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean letter = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_';
            if (!letter && !(c >= '0' && c <= '9' && i > 0)) {
                return false;
            }
        }
        return !name.isEmpty();
    }
}
