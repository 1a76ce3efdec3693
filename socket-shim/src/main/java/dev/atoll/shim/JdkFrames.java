package dev.atoll.shim;

import dev.atoll.stack.env.StackException;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.security.ProtectionDomain;

/**
 * Gives a thread that waits in a read the stack frame that it has on the JDK: {@code sun.nio.ch.NioSocketImpl.implRead} in a
 * socket's, {@code sun.nio.ch.SocketChannelImpl.read} in a channel's. Whoever reads stacks knows idle threads by these
 * names: profilers, readers of thread dumps, watchdogs, tests of the JDK's own (decision 0421).
 *
 * <p>The frames are of two small classes, written here, whose one method calls what waits. They are in a loader of their
 * own, as the boot loader has the true ones; a stack trace shows its name: {@code atoll//sun.nio.ch.NioSocketImpl.implRead}.
 * This class is not loaded before a thread waits in a read.
 *
 * <p>Thread-safe.
 */
final class JdkFrames {
    private static final Frame SOCKET;
    private static final Frame CHANNEL;

    static {
        Frames loader = Permissions.privileged(Frames::new);
        SOCKET = loader.frame("sun.nio.ch.NioSocketImpl", "implRead");
        CHANNEL = loader.frame("sun.nio.ch.SocketChannelImpl", "read");
    }

    private JdkFrames() {}

    /** Waits until there is something to read. Public, as are all that the written classes name. */
    public interface Read {
        /** How many bytes were read, or {@code END_OF_STREAM}. */
        long run() throws IOException, StackException;
    }

    /** What the written classes are to us; each has one of the methods as its own. */
    public interface Frame {
        default long implRead(Read read) throws IOException, StackException {
            return read.run();
        }

        default long read(Read read) throws IOException, StackException {
            return read.run();
        }
    }

    /** Of a socket. */
    static long implRead(Read read) throws IOException, StackException {
        return SOCKET.implRead(read);
    }

    /** Of a channel. */
    static long read(Read read) throws IOException, StackException {
        return CHANNEL.read(read);
    }

    private static final class Frames extends ClassLoader {
        Frames() {
            super("atoll", JdkFrames.class.getClassLoader());
        }

        Frame frame(String name, String method) {
            byte[] classFile = classFile(name.replace('.', '/'), method);
            // With our permissions, or what is called from the frame would have none.
            ProtectionDomain ours = Permissions.privileged(JdkFrames.class::getProtectionDomain);
            try {
                return (Frame) defineClass(name, classFile, 0, classFile.length, ours)
                        .getConstructor()
                        .newInstance();
            } catch (NoSuchMethodException
                    | InstantiationException
                    | IllegalAccessException
                    | InvocationTargetException e) {
                throw new LinkageError(name + " as written here cannot be made", e);
            }
        }
    }

    // ---- class files (JVMS 4)

    private static final int MAGIC = 0xCAFEBABE;
    /** Of JDK 11, which every JDK we run on reads. */
    private static final int MAJOR_VERSION = 55;

    private static final int ACC_PUBLIC = 0x0001;
    private static final int ACC_FINAL = 0x0010;
    private static final int ACC_SUPER = 0x0020;

    private static final int ALOAD_0 = 0x2a;
    private static final int ALOAD_1 = 0x2b;
    private static final int INVOKESPECIAL = 0xb7;
    private static final int INVOKEINTERFACE = 0xb9;
    private static final int LRETURN = 0xad;
    private static final int RETURN = 0xb1;

    /**
     * {@code public final class NAME implements Frame { public long METHOD(Read read) { return read.run(); } }} with a
     * constructor.
     */
    private static byte[] classFile(String name, String method) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            ConstantPool pool = new ConstantPool();
            int itself = pool.type(name);
            int object = pool.type("java/lang/Object");
            int frame = pool.type(internalName(Frame.class));
            int read = pool.type(internalName(Read.class));
            int objectInit = pool.member(ConstantPool.METHOD, object, "<init>", "()V");
            int readRun = pool.member(ConstantPool.INTERFACE_METHOD, read, "run", "()J");
            int code = pool.text("Code");
            int init = pool.text("<init>");
            int initType = pool.text("()V");
            int named = pool.text(method);
            int namedType = pool.text("(L" + internalName(Read.class) + ";)J");

            out.writeInt(MAGIC);
            out.writeShort(0);
            out.writeShort(MAJOR_VERSION);
            pool.writeTo(out);
            out.writeShort(ACC_PUBLIC | ACC_FINAL | ACC_SUPER);
            out.writeShort(itself);
            out.writeShort(object);
            out.writeShort(1);
            out.writeShort(frame);
            out.writeShort(0); // fields
            out.writeShort(2);
            byte[] toObject = {ALOAD_0, (byte) INVOKESPECIAL, high(objectInit), low(objectInit), (byte) RETURN};
            writeMethod(out, init, initType, code, 1, toObject);
            byte[] toRead = {ALOAD_1, (byte) INVOKEINTERFACE, high(readRun), low(readRun), 1, 0, (byte) LRETURN};
            writeMethod(out, named, namedType, code, 2, toRead);
            out.writeShort(0); // attributes
        } catch (IOException e) {
            throw new AssertionError("bytes in memory can be written", e);
        }
        return bytes.toByteArray();
    }

    private static void writeMethod(
            DataOutputStream out, int name, int descriptor, int code, int maxLocals, byte[] instructions)
            throws IOException {
        out.writeShort(ACC_PUBLIC);
        out.writeShort(name);
        out.writeShort(descriptor);
        out.writeShort(1);
        out.writeShort(code);
        out.writeInt(2 + 2 + 4 + instructions.length + 2 + 2);
        out.writeShort(2); // operand stack: a long takes two
        out.writeShort(maxLocals);
        out.writeInt(instructions.length);
        out.write(instructions);
        out.writeShort(0); // exception handlers
        out.writeShort(0); // attributes
    }

    private static byte high(int index) {
        return (byte) (index >> 8);
    }

    private static byte low(int index) {
        return (byte) index;
    }

    private static String internalName(Class<?> type) {
        return type.getName().replace('.', '/');
    }

    /** The constants of a class file, in the order in which they are asked for; none is looked for twice. */
    private static final class ConstantPool {
        static final int METHOD = 10;
        static final int INTERFACE_METHOD = 11;

        private static final int UTF8 = 1;
        private static final int CLASS = 7;
        private static final int NAME_AND_TYPE = 12;

        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final DataOutputStream out = new DataOutputStream(bytes);
        private int count;

        int text(String text) throws IOException {
            out.writeByte(UTF8);
            out.writeUTF(text);
            return ++count;
        }

        int type(String internalName) throws IOException {
            int name = text(internalName);
            out.writeByte(CLASS);
            out.writeShort(name);
            return ++count;
        }

        int member(int kind, int owner, String name, String descriptor) throws IOException {
            int nameAndType = pair(NAME_AND_TYPE, text(name), text(descriptor));
            return pair(kind, owner, nameAndType);
        }

        private int pair(int kind, int first, int second) throws IOException {
            out.writeByte(kind);
            out.writeShort(first);
            out.writeShort(second);
            return ++count;
        }

        void writeTo(DataOutputStream classFile) throws IOException {
            classFile.writeShort(count + 1);
            bytes.writeTo(classFile);
        }
    }
}
