package dev.atoll.launcher.jar;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The program of these tests: does what its arguments say, one after the other, and prints one line for each. An ordinary
 * program that knows nothing of Atoll.
 *
 * <table>
 * <caption>Arguments</caption>
 * <tr><td>{@code tcp:HOST:PORT}</td><td>asks a server: {@code tcp:HOST:PORT=ANSWER} or the exception, and ms</td></tr>
 * <tr><td>{@code short:HOST:PORT}</td><td>the same, waiting 2 s at most</td></tr>
 * <tr><td>{@code udp:HOST:PORT}</td><td>sends a datagram and waits for one</td></tr>
 * <tr><td>{@code lookup:NAME}</td><td>prints the addresses of a name, in their order</td></tr>
 * <tr><td>{@code jndi:NAME}</td><td>prints a name's IPv4 address by JNDI's DNS, which has its servers from resolv.conf</td></tr>
 * <tr><td>{@code reachable:MS,HOPS,INTERFACE,HOST}</td><td>prints whether a host answers; no interface is any</td></tr>
 * <tr><td>{@code jmx:HOST:PORT}</td><td>asks a JVM's management agent for its process id and host name</td></tr>
 * <tr><td>{@code file:FILE}</td><td>prints a file, its lines joined by spaces</td></tr>
 * <tr><td>{@code addresses:NAME}</td><td>prints an interface's addresses with their prefix lengths</td></tr>
 * <tr><td>{@code families}</td><td>where servers of the wildcard address are reached: 127.0.0.1, ::1, or both</td></tr>
 * <tr><td>{@code via:JAR=HOST:PORT}</td><td>as {@code tcp}, over the {@link Dialer} of a jar</td></tr>
 * <tr><td>{@code signals:A,B}</td><td>prints each of these signals from now on</td></tr>
 * <tr><td>{@code ignore:A}</td><td>ignores a signal</td></tr>
 * <tr><td>{@code arguments ...}</td><td>prints all of them, and that is all</td></tr>
 * <tr><td>{@code environment:NAME}</td><td>prints a variable, and what processes started from here have of it</td></tr>
 * <tr><td>{@code jvm:COMMAND,COMMAND}</td><td>runs them in a JVM that it starts, by {@code java.home}: {@code jvm ended: CODE}</td></tr>
 * <tr><td>{@code again:COMMAND,COMMAND}</td><td>the same by the command of its own process</td></tr>
 * <tr><td>{@code home}</td><td>prints {@code java.home} and that command</td></tr>
 * <tr><td>{@code serve:PORT}</td><td>answers one connection with its request: {@code serves} and {@code served}</td></tr>
 * <tr><td>{@code touch:FILE}</td><td>makes it</td></tr>
 * <tr><td>{@code say:TEXT}</td><td>prints it</td></tr>
 * <tr><td>{@code copy}</td><td>stdin to stdout, byte by byte, to its end</td></tr>
 * <tr><td>{@code close:N}, {@code garbage:N}</td><td>closes or scribbles on a descriptor</td></tr>
 * <tr><td>{@code await:FILE}</td><td>waits until the file is there</td></tr>
 * <tr><td>{@code wait}</td><td>goes on for ever, a minute at most</td></tr>
 * <tr><td>{@code writable:FILE}</td><td>prints whether it may be written</td></tr>
 * <tr><td>{@code write:FILE}, {@code rename:FROM,TO}</td><td>tries to: {@code write:FILE=written} or the exception</td></tr>
 * <tr><td>{@code exit:N}</td><td>exits</td></tr>
 * </table>
 */
public final class Probe {
    /** What a server is asked first. */
    static final String REQUEST = "GET / HTTP/1.0\r\n\r\n";

    private static final int LIMIT_MS = 20_000;
    private static final int SHORT_LIMIT_MS = 2_000;
    private static final int LONGEST_RUN_S = 60;

    private Probe() {}

    /** Runs the commands. */
    public static void main(String[] commands) throws Exception {
        if (commands.length > 0 && commands[0].equals("arguments")) {
            line(Arrays.asList(commands).toString());
            return;
        }
        for (String command : commands) {
            String[] words = command.split(":", 2);
            String argument = words.length > 1 ? words[1] : "";
            switch (words[0]) {
                case "tcp" -> timed(command, () -> tcp(address(argument), LIMIT_MS));
                case "short" -> timed(command, () -> tcp(address(argument), SHORT_LIMIT_MS));
                case "via" -> timed(command, () -> via(argument));
                case "udp" -> timed(command, () -> udp(address(argument)));
                case "lookup" -> timed(command, () -> lookup(argument));
                case "jndi" -> timed(command, () -> Directories.jndi(argument));
                case "reachable" -> timed(command, () -> reachable(argument.split(",", -1)));
                case "attach" -> line(command + "=" + Directories.attach(argument));
                case "jmx" -> timed(command, () -> Directories.jmx(argument));
                case "file" -> line(command + "=" + String.join(" ", Files.readAllLines(Path.of(argument))));
                case "addresses" -> line(command + "=" + addresses(argument));
                case "families" -> line(command + "=" + families());
                case "signals" -> printSignals(argument.split(",", -1));
                case "ignore" -> handle(argument, null);
                case "environment" -> line(command + "=" + environment(argument));
                case "jvm" -> jvm(System.getProperty("java.home") + "/bin/java", argument);
                case "again" -> jvm(ownCommand(), argument);
                case "home" -> line("home=" + System.getProperty("java.home") + " " + ownCommand());
                case "serve" -> serve(Integer.parseInt(argument));
                case "touch" -> Files.writeString(Path.of(argument), "");
                case "say" -> line(argument);
                case "copy" -> System.in.transferTo(System.out);
                case "close" -> descriptor(argument).close();
                case "garbage" -> descriptor(argument).write(new byte[64]);
                case "await" -> AwaitedFile.await(Path.of(argument), LONGEST_RUN_S);
                case "wait" -> new CountDownLatch(1).await(LONGEST_RUN_S, TimeUnit.SECONDS);
                case "write" -> line(command + "=" + attempt(() -> write(Path.of(argument))));
                case "writable" -> line(command + "=" + Files.isWritable(Path.of(argument)));
                case "rename" -> line(command + "=" + attempt(() -> rename(argument.split(",", -1))));
                case "exit" -> System.exit(Integer.parseInt(argument));
                default -> throw new IllegalArgumentException(command);
            }
        }
    }

    /** Of a server socket, a channel, and a channel of IPv4. */
    private static String families() throws IOException {
        StringBuilder text = new StringBuilder();
        try (ServerSocket socket = new ServerSocket(0)) {
            text.append(" socket").append(reached(socket.getLocalPort()));
        }
        try (ServerSocketChannel channel = ServerSocketChannel.open().bind(null)) {
            text.append(" channel").append(reached(channel.socket().getLocalPort()));
        }
        try (ServerSocketChannel channel =
                ServerSocketChannel.open(StandardProtocolFamily.INET).bind(null)) {
            text.append(" ipv4").append(reached(channel.socket().getLocalPort()));
        }
        return text.toString();
    }

    private static String ownCommand() {
        return ProcessHandle.current().info().command().orElseThrow();
    }

    private static void jvm(String java, String commands) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of(
                java, "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"), Probe.class.getName()));
        words.addAll(List.of(commands.split(",", -1)));
        line("jvm ended: " + new ProcessBuilder(words).inheritIO().start().waitFor());
    }

    private static void serve(int port) throws IOException {
        try (ServerSocket listening = new ServerSocket(port)) {
            line("serves");
            try (Socket socket = listening.accept()) {
                socket.getOutputStream().write(socket.getInputStream().readNBytes(REQUEST.length()));
            }
        }
        line("served");
    }

    private static String environment(String name) {
        return System.getenv(name) + ", to children "
                + new ProcessBuilder().environment().get(name);
    }

    private static String reached(int port) throws IOException {
        StringBuilder text = new StringBuilder();
        for (String address : new String[] {"127.0.0.1", "::1"}) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(address, port), SHORT_LIMIT_MS);
                text.append(' ').append(address);
            } catch (SocketException e) {
                text.append(" not ").append(address);
            }
        }
        return text.toString();
    }

    private static String lookup(String name) throws IOException {
        StringBuilder text = new StringBuilder();
        for (InetAddress each : InetAddress.getAllByName(name)) {
            text.append(each.getHostAddress()).append(' ');
        }
        return text.toString();
    }

    private static String reachable(String... words) throws IOException {
        NetworkInterface through = words[2].isEmpty() ? null : NetworkInterface.getByName(words[2]);
        return Boolean.toString(InetAddress.getByName(words[3])
                .isReachable(through, Integer.parseInt(words[1]), Integer.parseInt(words[0])));
    }

    private static String addresses(String name) throws IOException {
        StringBuilder text = new StringBuilder(" ");
        for (InterfaceAddress each : NetworkInterface.getByName(name).getInterfaceAddresses()) {
            String address = each.getAddress().getHostAddress();
            // Without the scope, which is the interface.
            text.append(address.replaceAll("%.*", ""))
                    .append('/')
                    .append(each.getNetworkPrefixLength())
                    .append(' ');
        }
        return text.toString();
    }

    private static InetSocketAddress address(String text) {
        int colon = text.lastIndexOf(':');
        return new InetSocketAddress(text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)));
    }

    /** Something that ends with a text or an exception. */
    private interface Attempt {
        String run() throws IOException;
    }

    private static void timed(String command, Attempt attempt) {
        long start = System.nanoTime();
        String result = attempt(attempt);
        long tookMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
        line(command + "=" + result + " [" + tookMs + " ms]");
    }

    private static String attempt(Attempt attempt) {
        try {
            return attempt.run();
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static String write(Path file) throws IOException {
        Files.writeString(file, "mine");
        return "written";
    }

    private static String rename(String... names) throws IOException {
        Files.move(Path.of(names[0]), Path.of(names[1]), StandardCopyOption.ATOMIC_MOVE);
        return "renamed";
    }

    private static String tcp(InetSocketAddress server, int limitMs) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(server, limitMs);
            socket.setSoTimeout(limitMs);
            socket.getOutputStream().write(REQUEST.getBytes(StandardCharsets.UTF_8));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** Over the {@link Dialer} of a jar, {@code JAR=HOST:PORT}. */
    private static String via(String jarAndServer) throws IOException {
        int equals = jarAndServer.indexOf('=');
        URL jar = Path.of(jarAndServer.substring(0, equals)).toUri().toURL();
        try (URLClassLoader loader = new URLClassLoader(new URL[] {jar}, ClassLoader.getPlatformClassLoader())) {
            Class<?> dialer = loader.loadClass(Dialer.class.getName());
            return (String) dialer.getMethod("dial", InetSocketAddress.class, String.class, int.class)
                    .invoke(null, address(jarAndServer.substring(equals + 1)), REQUEST, LIMIT_MS);
        } catch (InvocationTargetException e) {
            return String.valueOf(e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IOException("no dialer in " + jar, e);
        }
    }

    private static String udp(InetSocketAddress server) throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.setSoTimeout(LIMIT_MS);
            InetAddress host = server.getAddress();
            byte[] bytes = "ping".getBytes(StandardCharsets.UTF_8);
            socket.send(new DatagramPacket(bytes, bytes.length, host, server.getPort()));
            DatagramPacket answer = new DatagramPacket(new byte[100], 100);
            socket.receive(answer);
            return new String(answer.getData(), 0, answer.getLength(), StandardCharsets.UTF_8);
        }
    }

    /** By reflection, as javac warns of sun.misc whatever is said to it. */
    private static void handle(String name, @Nullable InvocationHandler handler) throws ReflectiveOperationException {
        Class<?> signalType = Class.forName("sun.misc.Signal");
        Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
        Object proxy = handler == null
                ? handlerType.getField("SIG_IGN").get(null)
                : Proxy.newProxyInstance(Probe.class.getClassLoader(), new Class<?>[] {handlerType}, handler);
        Object signal = signalType.getConstructor(String.class).newInstance(name);
        Object unused = signalType.getMethod("handle", signalType, handlerType).invoke(null, signal, proxy);
    }

    private static void printSignals(String... names) throws ReflectiveOperationException {
        for (String name : names) {
            handle(name, (self, method, arguments) -> {
                if (method.getName().equals("handle")) {
                    line("signal " + name);
                }
                return method.getReturnType() == int.class ? (Object) System.identityHashCode(self) : null;
            });
        }
    }

    private static FileOutputStream descriptor(String number) throws ReflectiveOperationException {
        FileDescriptor descriptor = new FileDescriptor();
        Field field = FileDescriptor.class.getDeclaredField("fd");
        field.setAccessible(true);
        field.setInt(descriptor, Integer.parseInt(number));
        return new FileOutputStream(descriptor);
    }

    private static synchronized void line(String text) {
        System.out.println(text);
        System.out.flush();
    }
}
