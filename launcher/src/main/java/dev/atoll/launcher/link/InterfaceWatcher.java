package dev.atoll.launcher.link;

import dev.atoll.launcher.ExitCode;
import dev.atoll.launcher.LaunchException;
import dev.atoll.launcher.start.Tools;
import dev.atoll.launcher.sys.Libc;
import dev.atoll.launcher.sys.NativeText;
import dev.atoll.launcher.sys.Spawn;
import dev.atoll.launcher.sys.SystemCallException;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Gives an interface back that the launcher has taken: a shell that waits for the end of a socket, which is the launcher's
 * word or the launcher's death, and then moves the interface back and sets it up as it was. There is no other way back, so
 * what happens after a SIGKILL is what happens in every run.
 *
 * <p>It is in a session of its own and ignores what a terminal sends. It holds the namespace, which would go with the
 * interface otherwise, and the lock by the interface's name. Used by one thread.
 */
final class InterfaceWatcher {
    /** The watcher's numbers of what it holds; a shell can name descriptors of one digit. */
    private static final int HOLDING = 4;

    private static final int LOCK = 5;

    private static final int SOCKET_BYTES = 4096;

    /** What the shell says when it has read the interface's settings: {@link #PREPARE}. */
    private static final String READY = "ready";

    /**
     * Reads the settings below {@code /proc/sys/net} and keeps, as commands, those that differ from the namespace's
     * defaults: with these an interface begins that comes. It is the shell that does it since a JVM that starts takes ten
     * times as long for so many files. Parameters: the interface's name, and where grep is.
     */
    private static final String PREPARE = """
            trap '' HUP INT QUIT TERM TSTP TTIN TTOU PIPE
            cd /
            name=$1
            all=$("$2" -s . /proc/sys/net/ipv[46]/conf/$name/* /proc/sys/net/ipv[46]/conf/default/*)
            echo ready
            newline='
            '
            settings=
            IFS=$newline
            for line in $all; do
            file=${line%%:*} value=${line#*:}
            family=${file%/*/*} setting=${file##*/}
            case $value in *[!0-9-]*) continue ;; esac
            case $newline$all$newline in *"$newline$family/default/$setting:$value$newline"*) continue ;; esac
            settings="$settings echo $value >$family/\\$name/$setting;"
            done
            unset IFS
            """;

    private final int pid;
    private final int socket;

    private InterfaceWatcher(int pid, int socket) {
        this.pid = pid;
        this.socket = socket;
    }

    /**
     * Starts it. Before the interface is taken, {@link #awaitReady}; nothing happens if it never is.
     *
     * @param holding the namespace the interface goes to
     * @param lock what nobody else may have until the interface is back
     * @throws LaunchException if a program it needs is not there
     */
    static InterfaceWatcher start(HostInterface device, int holding, int lock)
            throws SystemCallException, LaunchException {
        Map<String, String> environment = System.getenv();
        Tools tools = new Tools(environment.getOrDefault("PATH", ""));
        List<String> variables = new ArrayList<>();
        for (Map.Entry<String, String> variable : environment.entrySet()) {
            variables.add(variable.getKey() + "=" + variable.getValue());
        }
        List<String> words = List.of(
                "sh",
                "-c",
                script(device, tools),
                "atoll-interface-" + device.name(),
                device.name(),
                tools.require(Tools.GREP));
        int[] pair = Libc.socketpair();
        Map<Integer, Integer> descriptors = new LinkedHashMap<>();
        for (int standard = 0; standard <= 2; standard++) {
            descriptors.put(standard, pair[1]);
        }
        descriptors.put(HOLDING, holding);
        descriptors.put(LOCK, lock);
        try {
            int pid;
            try {
                pid = Spawn.startApart(tools.require(Tools.SH), words, variables, descriptors);
            } finally {
                Libc.close(pair[1]);
            }
            return new InterfaceWatcher(pid, pair[0]);
        } catch (SystemCallException | LaunchException e) {
            Libc.close(pair[0]);
            throw e;
        }
    }

    /**
     * Waits until it can give the interface back, if it is to.
     *
     * @throws LaunchException if it cannot
     */
    void awaitReady(String name) throws SystemCallException, LaunchException {
        byte[] bytes = new byte[SOCKET_BYTES];
        int count = Libc.read(socket, bytes);
        String said = new String(bytes, 0, count, NativeText.CHARSET).strip();
        if (!said.equals(READY)) {
            throw new LaunchException(
                    ExitCode.FAILED, "link veth:" + name + ": nobody could give the interface back: " + said);
        }
    }

    /**
     * Has the interface given back, if it was taken, and waits until it is. Called once.
     *
     * @return what could not be given back, empty if all is as it was
     */
    String giveBack() throws SystemCallException {
        try {
            Libc.shutdownWrite(socket);
            ByteArrayOutputStream said = new ByteArrayOutputStream();
            byte[] bytes = new byte[SOCKET_BYTES];
            for (int count = Libc.read(socket, bytes); count > 0; count = Libc.read(socket, bytes)) {
                said.write(bytes, 0, count);
            }
            int unusedStatus = Libc.waitpid(pid);
            String all = said.toString(NativeText.CHARSET).strip();
            // Nobody has waited for it if the interface was not taken.
            return all.equals(READY) ? "" : all;
        } finally {
            Libc.close(socket);
        }
    }

    /**
     * What the shell does. Both programs that it needs are started at once and wait for their commands, so that the way back
     * takes no longer than the kernel does. Names and values come from the kernel; none has a character that means something
     * to a shell.
     */
    static String script(HostInterface device, Tools tools) throws LaunchException {
        String ip = tools.require(Tools.IP);
        String inside = tools.require(Tools.NSENTER) + " --net=/proc/self/fd/" + HOLDING + " " + ip;
        String arp = device.withoutArp() ? "off" : "on";
        StringBuilder script = new StringBuilder(PREPARE);
        for (String line : List.of(
                "{",
                // ARP is asked for when it arrives already, by IPv6 where it decides about duplicate addresses.
                "if ! why=$({ read -r end; echo link set dev $name arp " + arp + "; echo link set dev $name netns $$; }"
                        + " | " + inside + " -batch - 2>&1); then",
                // Not taken yet, or gone for good.
                inside + " link show dev $name >/dev/null 2>&1 || exit",
                "name=atoll$$",
                inside + " link set dev " + device.name() + " netns $$ name $name || { echo \"$why\" >&2; exit; }",
                "echo \"it is called $name now: $why\" >&2",
                "fi",
                // Before it is up: some of them decide what the kernel does when it comes up.
                "eval \"$settings\"")) {
            script.append(line).append('\n');
        }
        append(script, "link set dev $name up");
        List<InterfaceAddress> addresses = device.addresses();
        for (InterfaceAddress address : addresses) {
            appendAddress(script, address, true);
        }
        // The kernel has the newest first of those.
        for (int i = addresses.size() - 1; i >= 0; i--) {
            appendAddress(script, addresses.get(i), false);
        }
        appendRoutes(script, device.routes(), false);
        appendRoutes(script, device.routes(), true);
        return script.append("} | ").append(ip).append(" -force -batch -\n").toString();
    }

    private static void appendAddress(StringBuilder script, InterfaceAddress address, boolean ipv4) {
        if (address.address().address().isV4() == ipv4 && !address.command().isEmpty()) {
            append(script, address.command());
        }
    }

    private static void append(StringBuilder script, String command) {
        script.append("echo ").append(command).append('\n');
    }

    /** Those without a router first: routers are reached by them. */
    private static void appendRoutes(StringBuilder script, List<InterfaceRoute> routes, boolean throughRouters) {
        for (InterfaceRoute route : routes) {
            if (throughRouters == (route.gateway() != null) && !route.command().isEmpty()) {
                append(script, route.command());
            }
        }
    }
}
