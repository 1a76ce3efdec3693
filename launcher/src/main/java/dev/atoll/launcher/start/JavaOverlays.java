package dev.atoll.launcher.start;

import dev.atoll.launcher.LaunchException;
import dev.atoll.launcher.Terminal;
import dev.atoll.runtime.control.ControlRecord;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

    private final List<Home> homes;

    /**
     * A home.
     *
     * @param fault why no program can run on it in the sandbox, or empty
     */
    private record Home(Path path, String fault) {}

    private JavaOverlays(List<Home> homes) {
        this.homes = homes;
    }

    /** For these homes; one that no overlay can be made for is told. */
    static JavaOverlays of(List<Path> paths) {
        List<Home> homes = new ArrayList<>();
        for (Path path : paths) {
            if (PLAIN_PATH.matcher(path.toString()).matches()) {
                homes.add(new Home(path, JavaRelease.faultOf(path.resolve("bin/java"))));
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

    /** Lines of the script that makes the sandbox, behind {@link #directories}. */
    List<String> lines(Tools tools) throws LaunchException {
        if (homes.isEmpty()) {
            return List.of();
        }
        String shell = tools.require(Tools.SH);
        List<String> lines = new ArrayList<>();
        List<String> made = new ArrayList<>();
        for (int i = 0; i < homes.size(); i++) {
            for (Map.Entry<String, String> script : scripts(homes.get(i)).entrySet()) {
                String file = top(i) + "/" + script.getKey();
                made.add(file);
                lines.add("printf %s " + ChainScript.quote("#!" + shell + "\n" + script.getValue()) + " >" + file);
            }
        }
        lines.add(tools.require(Tools.CHMOD) + " 755 " + String.join(" ", made));
        lines.add(tools.require(Tools.LN) + " -s ../../lib " + SHARED + "/" + OWN + "/lib");
        return lines;
    }

    /** Adds the mounts, while the tmpfs is still where it was made. */
    void mount(MountTable table) {
        for (int i = 0; i < homes.size(); i++) {
            String bin = homes.get(i).path() + "/bin";
            table.bindTo(original(i), bin);
            table.add(bin, "overlay", "ro,lowerdir=" + top(i) + ":" + SHARED + ":" + bin);
            table.bindTo(bin + "/" + OWN + "/bin", original(i));
        }
    }

    private static String top(int home) {
        return DIRECTORY + "/" + home + "/top";
    }

    private static String original(int home) {
        return DIRECTORY + "/" + home + "/bin";
    }

    /** Name of a command to what it does. */
    private static Map<String, String> scripts(Home home) {
        Map<String, String> scripts = new LinkedHashMap<>();
        boolean refused = !home.fault().isEmpty();
        scripts.put("java", refused ? refusal(home) : java(home));
        for (String command : NETWORK_COMMANDS) {
            if (Files.exists(home.path().resolve("bin").resolve(command))) {
                scripts.put(command, refused ? refusal(home) : other(home, command));
            }
        }
        return scripts;
    }

    private static String refusal(Home home) {
        String text = "atoll: no program was started: " + home.path() + " is " + home.fault();
        return "echo " + ChainScript.quote(text) + " >&2\nexit 125\n";
    }

    /** Agents that the environment names would start before that of the command line. */
    private static String java(Home home) {
        String java = ChainScript.quote(plain(home, "java"));
        return "# Programs of this sandbox have their network from Atoll, at " + ControlRecord.DOOR + ".\n"
                + "case $1 in " + RUNS_NOTHING + ") exec " + java + " \"$@\" ;; esac\n"
                // A JVM that makes an AOT cache is started by the one whose cache it is, with all the options of that.
                + "case $JAVA_TOOL_OPTIONS in *-XX:AOTMode=create*) exec " + java + " \"$@\" ;; esac\n"
                + agentFirst("JAVA_TOOL_OPTIONS")
                + agentFirst("JDK_JAVA_OPTIONS")
                // Such an archive was made without the agent; the JVM would say on stdout that it goes on without.
                + "case \"$JAVA_TOOL_OPTIONS $JDK_JAVA_OPTIONS $*\" in *-XX:SharedArchiveFile=*)"
                + " set -- '-Xlog:cds*=off' \"$@\" ;; esac\n"
                + "exec " + java + " " + BOOT + " " + AGENT + " \"$@\"\n";
    }

    private static String agentFirst(String variable) {
        return "case $" + variable + " in *-javaagent:*) export " + variable + "=\"" + AGENT + ":" + variable + " $"
                + variable + "\" ;; esac\n";
    }

    private static String other(Home home, String command) {
        return "exec " + ChainScript.quote(plain(home, command)) + " -J" + BOOT + " -J" + AGENT + " \"$@\"\n";
    }
}
