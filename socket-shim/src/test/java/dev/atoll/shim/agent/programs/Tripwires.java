package dev.atoll.shim.agent.programs;

import com.sun.nio.sctp.SctpChannel;
import com.sun.nio.sctp.SctpMultiChannel;
import com.sun.nio.sctp.SctpServerChannel;
import java.io.FileDescriptor;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.ProtocolFamily;
import java.net.StandardProtocolFamily;
import java.nio.channels.spi.SelectorProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * Goes around what a program is given, by every way there is in the JDK to a socket of the kernel, and prints where each ends.
 * Needs the packages open in which they are.
 */
public final class Tripwires {
    private Tripwires() {}

    public static void main(String[] arguments) throws Exception {
        net();
        platformProvider();
        implementations();
        sdp();
        sctp();
    }

    private static void say(String what, Callable<?> way) {
        try {
            System.out.println(what + ": " + way.call());
        } catch (Throwable e) {
            Throwable cause = e instanceof InvocationTargetException ? e.getCause() : e;
            System.out.println(what + ": " + cause);
        }
    }

    private static @Nullable Object call(Method method, @Nullable Object target, Object... arguments)
            throws ReflectiveOperationException {
        method.setAccessible(true);
        return method.invoke(target, arguments);
    }

    /** A method by its name and the number of its parameters, in a class or above it. */
    private static Method method(Class<?> owner, String name, int parameters) throws NoSuchMethodException {
        for (Class<?> each = owner; each != null; each = each.getSuperclass()) {
            for (Method method : each.getDeclaredMethods()) {
                if (method.getName().equals(name) && method.getParameterCount() == parameters && !method.isBridge()) {
                    return method;
                }
            }
        }
        throw new NoSuchMethodException(owner + "." + name);
    }

    /** Each of the methods that may open one, with each of what they may be asked for. */
    private static void net() throws Exception {
        List<Method> openers = new ArrayList<>();
        for (Method method : Class.forName("sun.nio.ch.Net").getDeclaredMethods()) {
            if (method.getReturnType() == FileDescriptor.class && Modifier.isStatic(method.getModifiers())) {
                openers.add(method);
            }
        }
        openers.sort((a, b) -> a.toString().compareTo(b.toString()));
        for (Method opener : openers) {
            for (int bits = 0; bits < 1 << opener.getParameterCount(); bits++) {
                Object[] arguments = new Object[opener.getParameterCount()];
                for (int i = 0; i < arguments.length; i++) {
                    boolean bit = (bits & 1 << i) != 0;
                    arguments[i] = opener.getParameterTypes()[i] == boolean.class
                            ? bit
                            : bit ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6;
                }
                say("Net." + opener.getName() + List.of(arguments), () -> call(opener, null, arguments));
            }
        }
    }

    /** The provider that the sandbox itself keeps, and through it the JDK's own channels. */
    private static void platformProvider() throws Exception {
        SelectorProvider platform = (SelectorProvider) Objects.requireNonNull(
                call(Class.forName("dev.atoll.bridge.Doors").getMethod("platformProvider"), null));
        ProtocolFamily ipv4 = StandardProtocolFamily.INET;
        say("platform's socket channel", platform::openSocketChannel);
        say("platform's socket channel of IPv4", () -> platform.getClass()
                .getMethod("openSocketChannel", ProtocolFamily.class)
                .invoke(platform, ipv4));
        say("platform's server channel", platform::openServerSocketChannel);
        say("platform's datagram channel", platform::openDatagramChannel);
        say("platform's datagram channel of IPv4", () -> platform.openDatagramChannel(ipv4));
        say(
                "platform's uninterruptible datagram channel",
                () -> call(method(platform.getClass(), "openUninterruptibleDatagramChannel", 0), platform));
        Class<?> asynchronous = Class.forName("sun.nio.ch.LinuxAsynchronousChannelProvider");
        Object provider = instance(asynchronous);
        say("platform's asynchronous channel", () -> method(asynchronous, "openAsynchronousSocketChannel", 1)
                .invoke(provider, (Object) null));
        say("platform's asynchronous server channel", () -> method(
                        asynchronous, "openAsynchronousServerSocketChannel", 1)
                .invoke(provider, (Object) null));
    }

    private static Object instance(Class<?> type, Object... arguments) throws ReflectiveOperationException {
        for (Constructor<?> constructor : type.getDeclaredConstructors()) {
            if (constructor.getParameterCount() == arguments.length) {
                constructor.setAccessible(true);
                return constructor.newInstance(arguments);
            }
        }
        throw new NoSuchMethodException(type.toString());
    }

    /** What is behind sockets that are not ours. */
    private static void implementations() throws Exception {
        for (boolean server : new boolean[] {false, true}) {
            Object nio = instance(Class.forName("sun.nio.ch.NioSocketImpl"), server);
            say("NioSocketImpl(" + server + ").create", () -> call(method(nio.getClass(), "create", 1), nio, true));
        }
        if (Runtime.version().feature() == 17) {
            Object plain = instance(Class.forName("java.net.PlainSocketImpl"), false);
            say("PlainSocketImpl.create", () -> call(method(plain.getClass(), "create", 1), plain, true));
            Object server = instance(Class.forName("java.net.PlainSocketImpl"), true);
            say("PlainSocketImpl.create of a server", () -> call(method(server.getClass(), "create", 1), server, true));
            Object datagram = instance(Class.forName("java.net.PlainDatagramSocketImpl"), false);
            say("PlainDatagramSocketImpl.create", () -> call(method(datagram.getClass(), "create", 0), datagram));
        }
    }

    private static void sdp() throws Exception {
        Class<?> sdp = Class.forName("sun.net.sdp.SdpSupport");
        say("SdpSupport.createSocket", () -> call(method(sdp, "createSocket", 0), null));
        say("SdpSupport.convertSocket", () -> call(method(sdp, "convertSocket", 1), null, FileDescriptor.in));
    }

    /** Through the API where the JVM finds the system's library for it; else the class that would is never initialised. */
    private static void sctp() {
        say("SctpChannel", SctpChannel::open);
        say("SctpServerChannel", SctpServerChannel::open);
        say("SctpMultiChannel", SctpMultiChannel::open);
    }
}
