package dev.atoll.runtime.link;

import dev.atoll.runtime.bridge.DescriptorChannel;
import java.io.FileDescriptor;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.channels.FileChannel;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * What descriptors need of the JDK that it has no public door for: a descriptor by its number, channels that an
 * interrupt does not close, the descriptor under a channel, and the interface by which selectors know channels, which is
 * {@link DescriptorChannel}'s.
 *
 * <p>By reflection and not by method handles: each is used once or twice in a JVM's life, right at its start, where
 * binding a handle costs more than it can save.
 *
 * <p>They need {@code java.base/java.io} and {@code java.base/sun.nio.ch} opened to this class's module: the agent does
 * that, a program that embeds Atoll does it by command line. Checked on 17, 21 and 25; a JDK that lacks one of them is
 * found by {@link #verify} and named, before anything depends on it.
 */
public final class HostAccess {
    private final Field number;
    private final Method setUninterruptible;
    private final Method descriptorOfChannel;

    private static volatile @Nullable HostAccess instance;

    private HostAccess(Field number, Method setUninterruptible, Method descriptorOfChannel) {
        this.number = number;
        this.setUninterruptible = setUninterruptible;
        this.descriptorOfChannel = descriptorOfChannel;
    }

    /**
     * Checks that this JVM gives what descriptors need.
     *
     * @throws IOException if not, saying what is missing and how to get it
     */
    public static void verify() throws IOException {
        get();
    }

    /**
     * A descriptor object for a number the process has open already; the streams made from it own the descriptor.
     *
     * @throws IOException as {@link #verify}
     */
    public static FileDescriptor descriptor(int descriptorNumber) throws IOException {
        return get().adopt(descriptorNumber);
    }

    /**
     * The descriptor under a channel of the JDK's own provider, which goes on to own it.
     *
     * @throws IOException as {@link #verify}
     */
    public static FileDescriptor descriptor(SocketChannel channel) throws IOException {
        return get().descriptorOf(channel);
    }

    static HostAccess get() throws IOException {
        HostAccess access = instance;
        if (access == null) {
            access = open();
            instance = access;
        }
        return access;
    }

    private static HostAccess open() throws IOException {
        String wanted = "field fd of java.io.FileDescriptor";
        try {
            Field number = FileDescriptor.class.getDeclaredField("fd");
            number.setAccessible(true);
            wanted = "method setUninterruptible of sun.nio.ch.FileChannelImpl";
            Method uninterruptible = method("sun.nio.ch.FileChannelImpl", "setUninterruptible");
            wanted = "method getFD of sun.nio.ch.SelChImpl";
            Method descriptor = method("sun.nio.ch.SelChImpl", "getFD");
            wanted = "interface sun.nio.ch.SelChImpl";
            Class<?> unused = DescriptorChannel.class;
            return new HostAccess(number, uninterruptible, descriptor);
        } catch (InaccessibleObjectException | IllegalAccessError e) {
            throw new IOException("this JVM keeps " + wanted + " closed: " + howToOpen(), e);
        } catch (NoSuchFieldException | NoSuchMethodException | ClassNotFoundException e) {
            throw new IOException("this JDK (" + Runtime.version() + ") has no " + wanted, e);
        }
    }

    private static String howToOpen() {
        Module self = HostAccess.class.getModule();
        // As modules the runtime and its bridge are two.
        String whom = self.isNamed() ? self.getName() + "," + self.getName() + ".bridge" : "ALL-UNNAMED";
        return "start Java with --add-opens java.base/java.io=" + whom + " --add-opens java.base/sun.nio.ch=" + whom
                + ", or let Atoll's agent do it";
    }

    private static Method method(String owner, String name) throws ClassNotFoundException, NoSuchMethodException {
        Method method = Class.forName(owner).getMethod(name);
        method.setAccessible(true);
        return method;
    }

    /** A descriptor object for a number the process has open already. */
    FileDescriptor adopt(int descriptorNumber) throws IOException {
        FileDescriptor descriptor = new FileDescriptor();
        try {
            number.setInt(descriptor, descriptorNumber);
        } catch (IllegalAccessException e) {
            throw new IOException("cannot adopt descriptor " + descriptorNumber, e);
        }
        return descriptor;
    }

    int numberOf(FileDescriptor descriptor) throws IOException {
        try {
            return number.getInt(descriptor);
        } catch (IllegalAccessException e) {
            throw new IOException("cannot read the number of a descriptor", e);
        }
    }

    /**
     * Makes a channel ignore interrupts. Otherwise an interrupt of a thread inside a read or write closes the channel,
     * and with it the link of the whole JVM.
     */
    void makeUninterruptible(FileChannel channel) throws IOException {
        try {
            setUninterruptible.invoke(channel);
        } catch (ReflectiveOperationException e) {
            throw broken("setUninterruptible", e);
        }
    }

    /** The descriptor under a channel of the JDK's own provider. */
    FileDescriptor descriptorOf(SocketChannel channel) throws IOException {
        try {
            return (FileDescriptor) descriptorOfChannel.invoke(channel);
        } catch (ReflectiveOperationException e) {
            throw broken("getFD", e);
        }
    }

    private static IOException broken(String what, ReflectiveOperationException failure) {
        Throwable cause = failure instanceof InvocationTargetException ? failure.getCause() : failure;
        if (cause instanceof Error error) {
            throw error;
        }
        return new IOException(what + " failed on this JDK (" + Runtime.version() + ")", cause);
    }
}
