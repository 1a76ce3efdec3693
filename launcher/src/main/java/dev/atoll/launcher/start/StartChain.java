package dev.atoll.launcher.start;

import dev.atoll.launcher.ExitCode;
import dev.atoll.launcher.LaunchException;
import dev.atoll.launcher.start.ChainScript.Furniture;
import dev.atoll.launcher.sys.Libc;
import dev.atoll.launcher.sys.Spawn;
import dev.atoll.launcher.sys.SystemCallException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Starts a program in user, network, mount, PID, UTS and IPC namespaces of its own.
 *
 * <pre>
 * launcher ── unshare ── sh (process 1 of the sandbox) ── java
 *                 └ killed as soon as process 1 is up: the launcher, a subreaper, becomes its parent
 * </pre>
 *
 * <p>So the launcher waits for process 1 itself, nothing lies between them that a terminal's signal could kill, and the
 * parent-death signal that process 1 asks for is tied to the launcher. When process 1 ends the kernel kills whatever is
 * left in its PID namespace.
 *
 * <p>Used by one thread.
 */
public final class StartChain {
    private static final int SIGKILL = 9;

    private final Tools tools;
    private final Map<String, String> environment;

    /**
     * The descriptors that the program inherits; negative for none.
     *
     * @param control the program's end of the control connection
     * @param link the link's
     * @param capture the capture file
     */
    public record Inherited(int control, int link, int capture) {
        /** By a program that is no JVM. */
        public static final Inherited NOTHING = new Inherited(-1, -1, -1);

        /** The number under which the program has its end of the control connection. */
        public static final int CONTROL_NUMBER = ChainScript.CONTROL;
        /** The number under which the program has the link. */
        public static final int LINK_NUMBER = ChainScript.LINK;
        /** The number under which the program has the capture file. */
        public static final int CAPTURE_NUMBER = ChainScript.CAPTURE;
    }

    /**
     * @param environment the program's, and the one whose PATH has the chain's tools
     */
    public StartChain(Map<String, String> environment) {
        this.environment = environment;
        this.tools = new Tools(environment.getOrDefault("PATH", ""));
    }

    /**
     * Begins: process 1 runs and makes the sandbox's view of the file system, while the caller does what else there is to
     * do before the program may run.
     *
     * @param files name below {@code /etc} to content
     * @param kept what of the host's files the program may not change
     * @param javas homes of Javas besides those that are found
     * @throws LaunchException if the sandbox cannot be made; nothing is left of it then
     */
    public FurnishedSandbox begin(
            ProgramCommand command,
            String hostname,
            Map<String, String> files,
            KeptFiles kept,
            List<Path> javas,
            AgentJar agent,
            Inherited inherited)
            throws LaunchException {
        try {
            return beginSteps(command, hostname, files, kept, javas, agent, inherited);
        } catch (IOException e) {
            throw cannotBeMade(e);
        }
    }

    static LaunchException cannotBeMade(IOException e) {
        return new LaunchException(ExitCode.MISSING, "the sandbox cannot be made: " + e.getMessage(), e);
    }

    private FurnishedSandbox beginSteps(
            ProgramCommand command,
            String hostname,
            Map<String, String> files,
            KeptFiles kept,
            List<Path> javas,
            AgentJar agent,
            Inherited inherited)
            throws IOException, LaunchException {
        JavaOverlays overlays = JavaOverlays.of(JavaHomes.find(Path.of(command.file()), javas, environment));
        Identities identities = Identities.ofLauncher();
        ProgramEnvironment variables = ProgramEnvironment.of(environment);
        List<String> mountinfo = Files.readAllLines(Path.of("/proc/self/mountinfo"), StandardCharsets.UTF_8);
        String script = new ChainScript(tools)
                .furnish(
                        new Furniture(
                                hostname,
                                files,
                                Cgroups.mountPoints(mountinfo),
                                // Nobody but root may write there.
                                identities.root() ? KernelFiles.elsewhere(mountinfo) : List.of(),
                                kept,
                                overlays,
                                System.getProperty("user.dir", "/"),
                                variables.repair()),
                        new Privileges(identities.root()));
        List<String> arguments = new ArrayList<>(List.of(
                "unshare",
                "--user",
                "--keep-caps",
                "--net",
                "--mount",
                "--pid",
                "--uts",
                "--ipc",
                "--fork",
                tools.require(Tools.SH),
                "-c",
                script,
                "sh"));
        if (!variables.restored().isEmpty()) {
            arguments.add(tools.require(Tools.ENV));
            arguments.addAll(variables.restored());
        }
        arguments.add(command.isJava() ? overlays.plainJava(command.file()) : command.file());
        arguments.addAll(command.arguments().subList(1, command.arguments().size()));

        Libc.setChildSubreaper();
        int[] pair = Libc.socketpair();
        StepSocket steps = new StepSocket(pair[0]);
        try {
            int outer;
            try {
                outer = Spawn.start(
                        tools.require(Tools.UNSHARE),
                        arguments,
                        variables.variables(),
                        descriptors(pair[1], agent, inherited));
            } finally {
                Libc.close(pair[1]);
            }
            return new FurnishedSandbox(adopt(outer, steps, identities), steps);
        } catch (IOException | LaunchException | RuntimeException e) {
            steps.close();
            throw e;
        }
    }

    private static Map<Integer, Integer> descriptors(int steps, AgentJar agent, Inherited inherited) {
        Map<Integer, Integer> descriptors = new LinkedHashMap<>();
        // What the tools complain about is the launcher's to say; the program gets the real one back.
        descriptors.put(2, steps);
        descriptors.put(ChainScript.STDERR, 2);
        descriptors.put(ChainScript.SYNC, steps);
        descriptors.put(ChainScript.AGENT, agent.descriptor());
        if (inherited.control() >= 0) {
            descriptors.put(ChainScript.CONTROL, inherited.control());
        }
        if (inherited.link() >= 0) {
            descriptors.put(ChainScript.LINK, inherited.link());
        }
        if (inherited.capture() >= 0) {
            descriptors.put(ChainScript.CAPTURE, inherited.capture());
        }
        return descriptors;
    }

    /** Waits for process 1, gives the user namespace its ids, and becomes process 1's parent. */
    private static SandboxProcess adopt(int outer, StepSocket steps, Identities identities)
            throws IOException, LaunchException {
        SandboxProcess first = null;
        try {
            steps.await(ChainScript.UP);
            first = new SandboxProcess(onlyChildOf(outer));
            identities.writeFor(outer);
        } catch (IOException | LaunchException e) {
            kill(outer);
            if (first != null) {
                first.discard();
            }
            throw e;
        }
        kill(outer);
        steps.answer();
        return first;
    }

    private static void kill(int pid) throws SystemCallException {
        Libc.kill(pid, SIGKILL);
        Libc.waitpid(pid);
    }

    private static int onlyChildOf(int parent) throws IOException, LaunchException {
        String id = Integer.toString(parent);
        Path children = Path.of("/proc", id, "task", id, "children");
        String text = Files.exists(children)
                ? Files.readString(children, StandardCharsets.US_ASCII).strip()
                : "";
        if (text.isEmpty()) {
            throw new LaunchException(
                    ExitCode.MISSING,
                    "the kernel does not tell which processes are children of another (" + children
                            + "): it was built without CONFIG_PROC_CHILDREN");
        }
        return Integer.parseInt(text.split(" ", -1)[0]);
    }
}
