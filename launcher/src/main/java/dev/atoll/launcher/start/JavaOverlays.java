package dev.atoll.launcher.start;

import dev.atoll.launcher.LaunchException;
import dev.atoll.launcher.Terminal;
import dev.atoll.runtime.control.ControlRecord;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What makes every {@code java} of a sandbox ask for a network: an overlay over each home's {@code bin}, in which scripts
 * stand for the commands that use the network. They start the JDK's own command with Atoll's agent, or say why there can be none. The
 * JDK's commands are below {@code bin/.atoll/bin}, from where they find their home by {@code ../lib}.
 *
 * <p>Not by the variable JAVA_TOOL_OPTIONS, of which every JVM prints that it has read it.
 */
final class JavaOverlays {
    /** Below {@code bin}; a JVM finds its home by links, so that {@code java.home} is what it was. */
    private static final String OWN = ".atoll";

    /** On the sandbox's own tmpfs, where that is while the sandbox is made. */
    private static final String DIRECTORY = "/sys/jvm";

    /** The layer that all homes share. */
    private static final String SHARED = DIRECTORY + "/all";

    /** Commands of a JDK that use the network and pass options on to their JVM by {@code -J}. */
    private static final List<String> NETWORK_COMMANDS = List.of(
            "javadoc",
            "jconsole",
            "jarsigner",
            "jdb",
            "jrunscript",
            "jshell",
            "jstatd",
            "jwebserver",
            "keytool",
            "rmiregistry");

    /** First words with which {@code java} runs no program: an agent would only cost time. */
    private static final String RUNS_NOTHING = "-version|--version|-fullversion|--full-version|-help|--help|-h|'-?'|-X"
            + "|--help-extra|--list-modules|--dry-run|-Xshare:dump";

    /** What an option of mount and a layer of an overlay can have in it as it is. */
    private static final Pattern PLAIN_PATH = Pattern.compile("[A-Za-z0-9/._+@%=~-]+");

    private static final String BOOT = "-Xbootclasspath/a:" + ChainScript.AGENT_FILE;
    private static final String AGENT = "-javaagent:" + ChainScript.AGENT_FILE + "=door";

    private static final String PLAIN_JAVA = "exec \"$_atoll_home/bin/" + OWN + "/bin/java\"";

    /** What the script does that stands for {@code java}, in a home {@code $_atoll_home}. */
    private static final String JAVA = "# Programs of this sandbox have their network from Atoll, at "
            + ControlRecord.DOOR
            + ".\n"
            + "case $1 in " + RUNS_NOTHING + ") " + PLAIN_JAVA + " \"$@\" ;; esac\n"
            // A JVM that makes an AOT cache is started by the one whose cache it is, with all the options of that.
            + "case $JAVA_TOOL_OPTIONS in *-XX:AOTMode=create*) " + PLAIN_JAVA + " \"$@\" ;; esac\n"
            // Agents that the environment names would start before that of the command line.
            + agentFirst("JAVA_TOOL_OPTIONS")
            + agentFirst("JDK_JAVA_OPTIONS")
            // Such an archive was made without the agent; the JVM would say on stdout that it goes on without.
            + "case \"$JAVA_TOOL_OPTIONS $JDK_JAVA_OPTIONS $*\" in *-XX:SharedArchiveFile=*)"
            + " set -- '-Xlog:cds*=off' \"$@\" ;; esac\n"
            + PLAIN_JAVA + " " + BOOT + " " + AGENT + " \"$@\"\n";

    /** The same for another command. */
    private static final String OTHER =
            "exec \"$_atoll_home/bin/" + OWN + "/bin/${0##*/}\" -J" + BOOT + " -J" + AGENT + " \"$@\"\n";

    private static final String REFUSAL =
            "echo \"atoll: no program was started: $_atoll_home is $_atoll_fault\" >&2\nexit 125\n";

    private final List<Home> homes;

    /**
     * A home.
     *
     * @param fault why no program can run on it in the sandbox, or empty
     * @param wanted whether there is no sandbox without its overlay
     */
    private record Home(Path path, String fault, boolean wanted) {}

    private JavaOverlays(List<Home> homes) {
        this.homes = homes;
    }

    private static String agentFirst(String variable) {
        return "case $" + variable + " in *-javaagent:*) export " + variable + "=\"" + AGENT + ":" + variable + " $"
                + variable + "\" ;; esac\n";
    }

    /** For these homes; one that no overlay can be made for is told. */
    static JavaOverlays of(List<JavaHomes.Home> found) {
        List<Home> homes = new ArrayList<>();
        for (JavaHomes.Home each : found) {
            Path path = each.path();
            if (PLAIN_PATH.matcher(path.toString()).matches()) {
                homes.add(new Home(path, JavaRelease.faultOf(path.resolve("bin/java")), each.wanted()));
            } else {
                Terminal.line("JVMs of " + path + " get no network: the name has characters that mount(8) cannot take");
            }
        }
        return new JavaOverlays(homes);
    }

    /** The JDK's own command {@code java} of a home, as the sandbox has it; the file itself if there is no overlay. */
    String plainJava(String file) {
        Path home = JavaHomes.homeOf(Path.of(file));
        for (Home each : homes) {
            if (each.path().equals(home)) {
                return plain(each, "java");
            }
        }
        return file;
    }

    private static String plain(Home home, String command) {
        return home.path() + "/bin/" + OWN + "/bin/" + command;
    }

    /** Directories on the tmpfs, in the order in which they are made. */
    List<String> directories() {
        if (homes.isEmpty()) {
            return List.of();
        }
        List<String> directories =
                new ArrayList<>(List.of(DIRECTORY, SHARED, SHARED + "/" + OWN, SHARED + "/" + OWN + "/bin"));
        for (int i = 0; i < homes.size(); i++) {
            directories.addAll(List.of(DIRECTORY + "/" + i, top(i), original(i)));
        }
        return directories;
    }

    /**
     * Lines of the script that makes the sandbox, behind {@link #directories}. A shell's word must not be longer than 128 KiB, so
     * the scripts' text is there once and not for every home.
     */
    List<String> lines(Tools tools) throws LaunchException {
        if (homes.isEmpty()) {
            return List.of();
        }
        String shell = tools.require(Tools.SH);
        List<String> lines = new ArrayList<>(List.of(
                "java=" + ChainScript.quote(JAVA),
                "other=" + ChainScript.quote(OTHER),
                "refusal=" + ChainScript.quote(REFUSAL),
                // The directory of scripts, the home, why it cannot be used.
                "scripts() {",
                "for command in java " + String.join(" ", NETWORK_COMMANDS) + "; do",
                "if [ -e \"$2/bin/$command\" ]; then",
                "text=$other",
                "[ $command != java ] || text=$java",
                "[ -z \"$3\" ] || text=$refusal",
                "printf \"#!%s\\n_atoll_home=%s\\n_atoll_fault='%s'\\n%s\" " + shell
                        + " \"$2\" \"$3\" \"$text\" >\"$1/$command\"",
                "fi",
                "done",
                "}"));
        for (int i = 0; i < homes.size(); i++) {
            Home home = homes.get(i);
            // Partly a JDK's own words, which end up between quotes once more.
            String fault = home.fault().replace("'", "");
            lines.add("scripts " + top(i) + " " + home.path() + " " + ChainScript.quote(fault));
        }
        lines.add(tools.require(Tools.CHMOD) + " 755 " + DIRECTORY + "/*/top/*");
        lines.add(tools.require(Tools.LN) + " -s ../../lib " + SHARED + "/" + OWN + "/lib");
        return lines;
    }

    /**
     * Adds the mounts, while the tmpfs is still where it was made.
     *
     * @param wanted those that a sandbox cannot be without
     * @param found others, which {@link #checks} looks after
     */
    void mount(MountTable wanted, MountTable found) {
        for (int i = 0; i < homes.size(); i++) {
            MountTable table = homes.get(i).wanted() ? wanted : found;
            String bin = homes.get(i).path() + "/bin";
            table.bindTo(original(i), bin);
            table.add(bin, "overlay", "ro,lowerdir=" + top(i) + ":" + SHARED + ":" + bin);
            table.bindTo(bin + "/" + OWN + "/bin", original(i));
        }
    }

    /**
     * Lines behind the mounts that need not be: say which homes are without an overlay, by {@link ChainScript#LEFT}. Their commands are what they were, and
     * a JVM of theirs has the kernel's loopback alone. An overlay without the JDK's commands in it would be a JDK that does not start; that is
     * no sandbox.
     *
     * @param faults a file with what mount said
     */
    List<String> checks(String faults) {
        List<String> unwanted = new ArrayList<>();
        for (Home home : homes) {
            if (!home.wanted()) {
                unwanted.add(home.path().toString());
            }
        }
        if (unwanted.isEmpty()) {
            return List.of();
        }
        return List.of(
                "for home in " + String.join(" ", unwanted) + "; do",
                "if [ ! -e $home/bin/" + OWN + " ]; then",
                "why='mount does not say why'",
                "while read -r line; do case $line in",
                "\"mount: $home/bin: \"*) why=${line#\"mount: $home/bin: \"}; break ;;",
                "esac; done <" + faults,
                "echo \"" + ChainScript.LEFT + "$home: $why\" >&" + ChainScript.SYNC,
                "elif [ ! -e $home/bin/" + OWN + "/bin/java ]; then",
                "echo \"$home/bin has an overlay without the commands of the JDK\" >&2",
                "exit 1",
                "fi",
                "done");
    }

    private static String top(int home) {
        return DIRECTORY + "/" + home + "/top";
    }

    private static String original(int home) {
        return DIRECTORY + "/" + home + "/bin";
    }
}
