package dev.atoll.launcher.doctor;

import java.lang.module.ModuleFinder;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A Java runtime, as far as it matters to a program in the sandbox.
 *
 * @param java its executable
 * @param feature its feature version, 17 for 17.0.19
 * @param vm the virtual machine's name
 * @param modules names of its modules
 */
record Jdk(String java, int feature, String vm, Set<String> modules) {
    /** Feature versions whose classes the agent knows how to edit; a test holds them to the hooks' own list. */
    static final List<Integer> KNOWN = List.of(17, 21, 25);

    /** By which the agent comes. */
    private static final String NEEDED = "java.instrument";

    private static final Pattern PROPERTY = Pattern.compile("^\\s*([a-z.]+) = (.*)$", Pattern.MULTILINE);
    private static final Pattern MODULE = Pattern.compile("^([a-z][A-Za-z0-9_.]*)(?:@\\S+)?$", Pattern.MULTILINE);

    /** The one this process runs on. */
    static Jdk ofThisJvm() {
        Set<String> modules = new LinkedHashSet<>();
        ModuleFinder.ofSystem()
                .findAll()
                .forEach(module -> modules.add(module.descriptor().name()));
        return new Jdk(
                System.getProperty("java.home", "") + "/bin/java",
                Runtime.version().feature(),
                System.getProperty("java.vm.name", ""),
                modules);
    }

    /**
     * Asks an executable.
     *
     * @return empty if it does not answer as {@code java} does
     */
    static Optional<Jdk> ask(Host host, String java) {
        Host.Run run = host.run(java, "-XshowSettings:properties", "--list-modules");
        return run.succeeded() ? parse(java, run.output()) : Optional.empty();
    }

    /** Reads what {@code java -XshowSettings:properties --list-modules} prints. */
    static Optional<Jdk> parse(String java, String text) {
        String vm = "";
        int feature = 0;
        Matcher property = PROPERTY.matcher(text);
        while (property.find()) {
            switch (property.group(1)) {
                case "java.vm.name" -> vm = property.group(2).strip();
                case "java.specification.version" ->
                    feature = Version.in(property.group(2)).map(Version::major).orElse(0);
                default -> {}
            }
        }
        Set<String> modules = new LinkedHashSet<>();
        Matcher module = MODULE.matcher(text);
        while (module.find()) {
            modules.add(module.group(1));
        }
        return feature == 0 ? Optional.empty() : Optional.of(new Jdk(java, feature, vm, modules));
    }

    /** Why a program in the sandbox cannot run on it; empty if it can. */
    List<String> faults() {
        List<String> faults = new ArrayList<>();
        if (!KNOWN.contains(feature)) {
            faults.add("it is none of the versions that Atoll knows, 17, 21 and 25");
        }
        // As the agent tells it, which refuses any other.
        if (!vm.startsWith("OpenJDK ") && !vm.startsWith("Java HotSpot(TM) ")) {
            faults.add("its virtual machine is not HotSpot");
        }
        if (!modules.contains(NEEDED)) {
            faults.add("it has no module " + NEEDED);
        }
        return faults;
    }

    /** What it is and what is wrong with it. */
    String describeFaults() {
        return this + ": " + String.join(", ", faults());
    }

    boolean isUsable() {
        return faults().isEmpty();
    }

    @Override
    public String toString() {
        return "JDK " + feature + ", " + vm + " (" + java + ")";
    }
}
