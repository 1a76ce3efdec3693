package dev.atoll.launcher.link;

import dev.atoll.launcher.LaunchException;
import dev.atoll.launcher.start.Tools;
import dev.atoll.launcher.sys.Libc;
import dev.atoll.launcher.sys.NativeText;
import dev.atoll.launcher.sys.Spawn;
import dev.atoll.launcher.sys.SystemCallException;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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
    private static final int SETTING_BYTES = 64;

    private final int pid;
    private final int socket;
    private boolean done;

    private InterfaceWatcher(int pid, int socket) {
        this.pid = pid;
        this.socket = socket;
    }

    /**
     * Starts it, before the interface is taken.
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
        int[] pair = Libc.socketpair();
        Map<Integer, Integer> descriptors = new LinkedHashMap<>();
        for (int standard = 0; standard <= 2; standard++) {
            descriptors.put(standard, pair[1]);
        }
        descriptors.put(HOLDING, holding);
        descriptors.put(LOCK, lock);
        try {
            List<String> words = List.of("sh", "-c", script(device, tools), "atoll-interface-" + device.name());
            int pid = Spawn.startApart(tools.require(Tools.SH), words, variables, descriptors);
            return new InterfaceWatcher(pid, pair[0]);
        } catch (SystemCallException | LaunchException e) {
            Libc.close(pair[0]);
            throw e;
        } finally {
            Libc.close(pair[1]);
        }
    }

    /**
     * Has the interface given back and waits until it is.
     *
     * @return what could not be given back, empty if all is as it was
     */
    String giveBack() throws SystemCallException {
        if (done) {
            return "";
        }
        done = true;
        try {
            Libc.shutdownWrite(socket);
            ByteArrayOutputStream said = new ByteArrayOutputStream();
            byte[] bytes = new byte[SOCKET_BYTES];
            for (int count = Libc.read(socket, bytes); count > 0; count = Libc.read(socket, bytes)) {
                said.write(bytes, 0, count);
            }
            int unusedStatus = Libc.waitpid(pid);
            return said.toString(NativeText.CHARSET).strip();
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
        StringBuilder script = new StringBuilder();
        for (String line : List.of(
                "trap '' HUP INT QUIT TERM TSTP TTIN TTOU PIPE",
                "cd /",
                "name=" + device.name(),
                "{",
                // ARP is asked for when it arrives already, by IPv6 where it decides about duplicate addresses.
                "if ! why=$({ read -r end; echo link set dev $name arp " + arp + "; echo link set dev $name netns $$; }"
                        + " | " + inside + " -batch - 2>&1); then",
                // Not taken yet, or gone for good.
                inside + " link show dev $name >/dev/null 2>&1 || exit",
                "name=atoll$$",
                inside + " link set dev " + device.name() + " netns $$ name $name || { echo \"$why\" >&2; exit; }",
                "echo \"it is called $name now: $why\" >&2",
                "fi")) {
            script.append(line).append('\n');
        }
        // Before it is up: some of them decide what the kernel does when it comes up.
        appendSettings(script, device.name(), "ipv4");
        appendSettings(script, device.name(), "ipv6");
        script.append("cat <<END\n");
        script.append("link set dev $name mtu ").append(device.mtuBytes()).append(" up\n");
        for (InterfaceAddress address : device.addresses()) {
            script.append(address.command()).append('\n');
        }
        appendRoutes(script, device.routes(), false);
        appendRoutes(script, device.routes(), true);
        return script.append("END\n} | ")
                .append(ip)
                .append(" -force -batch -\n")
                .toString();
    }

    /** Those without a router first: routers are reached by them. */
    private static void appendRoutes(StringBuilder script, List<InterfaceRoute> routes, boolean throughRouters) {
        for (InterfaceRoute route : routes) {
            if (throughRouters == (route.gateway() != null) && !route.command().isEmpty()) {
                script.append(route.command()).append('\n');
            }
        }
    }

    /** The kernel forgets them when an interface leaves its namespace, and gives it the namespace's defaults when it comes. */
    private static void appendSettings(StringBuilder script, String name, String family) {
        String directory = "/proc/sys/net/" + family + "/conf/";
        String[] settings = new File(directory + name).list();
        if (settings == null) {
            return;
        }
        for (String setting : settings) {
            String value = setting(directory + name, setting);
            if (isNumber(value) && !value.equals(setting(directory + "default", setting))) {
                script.append("echo ").append(value).append(" >").append(directory);
                script.append("$name/").append(setting).append('\n');
            }
        }
    }

    /** In one read, which is what the kernel answers such a file with. Empty if it cannot be read: some can only be written. */
    private static String setting(String directory, String name) {
        byte[] bytes = new byte[SETTING_BYTES];
        try (FileInputStream in = new FileInputStream(directory + "/" + name)) {
            int count = in.read(bytes);
            return new String(bytes, 0, Math.max(0, count), StandardCharsets.US_ASCII).strip();
        } catch (IOException e) {
            return "";
        }
    }

    private static boolean isNumber(String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (!(c >= '0' && c <= '9' || c == '-' && i == 0)) {
                return false;
            }
        }
        return !value.isEmpty();
    }
}
