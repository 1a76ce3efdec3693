package dev.atoll.launcher.sys;

import com.sun.jna.Function;
import com.sun.jna.LastErrorException;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;

/**
 * Calls into libc. Every method is one system call or library function, named as in its manual page; a failure is a
 * {@link SystemCallException}.
 *
 * <p>Functions are looked up one by one and called through {@link Function}: binding a whole interface at once costs
 * 20 ms more of start-up. Any thread.
 */
public final class Libc {
    /** {@code fcntl(2)}: duplicate to a number not below the argument, closed on exec. */
    static final int F_DUPFD_CLOEXEC = 1030;

    private static final int F_GETFL = 3;
    private static final int F_SETFL = 4;
    private static final int O_NONBLOCK = 0x800;
    private static final int AF_UNIX = 1;
    private static final int SOCK_STREAM = 1;
    private static final int SOCK_CLOEXEC = 0x80000;
    private static final int SHUT_WR = 1;
    private static final int POLLFD_BYTES = 8;
    private static final int POLLFD_EVENTS_AT = 4;
    private static final int POLLFD_REVENTS_AT = 6;
    private static final short POLLOUT = 4;
    private static final int MFD_CLOEXEC = 1;
    private static final int PR_SET_CHILD_SUBREAPER = 36;
    private static final int P_PID = 1;
    private static final int WEXITED = 4;
    private static final int WNOWAIT = 0x01000000;
    private static final int SIGINFO_BYTES = 128;
    private static final int O_RDWR = 2;
    private static final int O_WRONLY = 1;
    private static final int O_CREAT = 0x40;
    private static final int O_TRUNC = 0x200;
    private static final int FILE_MODE = 0644;
    private static final int O_NOCTTY = 0x100;
    private static final int O_CLOEXEC = 0x80000;

    private static final NativeLibrary LIBRARY = JnaSetup.process();

    private Libc() {}

    /** Loads what the first call needs; for a thread that has nothing better to do while the launcher starts. */
    public static void warmUp() {
        getpgrp();
    }

    /** Calls a function whose result is an {@code int} that is negative on failure. */
    static int call(String name, Object... arguments) throws SystemCallException {
        try {
            return LIBRARY.getFunction(name, Function.THROW_LAST_ERROR).invokeInt(arguments);
        } catch (LastErrorException e) {
            throw new SystemCallException(name, e.getErrorCode(), strerror(e.getErrorCode()));
        }
    }

    /** Calls a function whose result is an error number, 0 for none. */
    static void check(String name, Object... arguments) throws SystemCallException {
        int error = LIBRARY.getFunction(name).invokeInt(arguments);
        if (error != 0) {
            throw new SystemCallException(name, error, strerror(error));
        }
    }

    /** Whether libc has that function. */
    static boolean has(String name) {
        try {
            LIBRARY.getFunction(name);
            return true;
        } catch (UnsatisfiedLinkError e) {
            return false;
        }
    }

    static String strerror(int errno) {
        return LIBRARY.getFunction("strerror").invokeString(new Object[] {errno}, false);
    }

    /** Two connected Unix stream sockets, closed on exec. */
    public static int[] socketpair() throws SystemCallException {
        int[] pair = new int[2];
        call("socketpair", AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair);
        return pair;
    }

    /** The reading and the writing end of a pipe, both closed on exec. */
    public static int[] pipe() throws SystemCallException {
        int[] ends = new int[2];
        call("pipe2", ends, O_CLOEXEC);
        return ends;
    }

    /** A file in memory, closed on exec. */
    public static int memfdCreate(String name) throws SystemCallException {
        return call("memfd_create", name, MFD_CLOEXEC);
    }

    /** Sets who may do what with an open file. */
    public static void fchmod(int descriptor, int mode) throws SystemCallException {
        call("fchmod", descriptor, mode);
    }

    /** Sets when an open file was read and changed, in seconds since 1970. */
    public static void futimens(int descriptor, long seconds) throws SystemCallException {
        call("futimens", descriptor, new long[] {seconds, 0, seconds, 0});
    }

    /** Opens a terminal without making it the controlling one. */
    public static int openTerminal(String path) throws SystemCallException {
        return open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
    }

    /** Makes or empties a file that the launcher's user alone may write. */
    public static int create(String path) throws SystemCallException {
        return call("open", path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, FILE_MODE);
    }

    static int open(String path, int flags) throws SystemCallException {
        return call("open", path, flags, 0);
    }

    /** Closes a descriptor. It is closed whatever happens, so there is no failure a caller could act on. */
    public static void close(int descriptor) {
        LIBRARY.getFunction("close").invokeInt(new Object[] {descriptor});
    }

    /** The same open file under a number not below {@code least}, closed on exec. */
    public static int duplicateAbove(int descriptor, int least) throws SystemCallException {
        return call("fcntl", descriptor, F_DUPFD_CLOEXEC, least);
    }

    /** Calls on it, by whatever number or process, do not wait from here on. */
    public static void setNonBlocking(int descriptor) throws SystemCallException {
        int flags = call("fcntl", descriptor, F_GETFL, 0);
        int unused = call("fcntl", descriptor, F_SETFL, flags | O_NONBLOCK);
    }

    /**
     * Reads what is there, waiting for the first byte.
     *
     * @return the count, 0 at the end
     */
    public static int read(int descriptor, byte[] into) throws SystemCallException {
        while (true) {
            try (Memory memory = new Memory(into.length)) {
                int count = call("read", descriptor, memory, (long) into.length);
                memory.read(0, into, 0, count);
                return count;
            } catch (SystemCallException e) {
                if (e.errno() != Errno.EINTR) {
                    throw e;
                }
            }
        }
    }

    /** Writes all of it, waiting while the other end does not take it. */
    public static void write(int descriptor, byte[] bytes) throws SystemCallException {
        if (bytes.length == 0) {
            return;
        }
        try (Memory memory = new Memory(bytes.length)) {
            memory.write(0, bytes, 0, bytes.length);
            long done = 0;
            while (done < bytes.length) {
                try {
                    done += call("write", descriptor, memory.share(done), bytes.length - done);
                } catch (SystemCallException e) {
                    if (e.errno() == Errno.EAGAIN) {
                        // Somebody else reads the same connection without waiting.
                        awaitWritable(descriptor);
                    } else if (e.errno() != Errno.EINTR) {
                        throw e;
                    }
                }
            }
        }
    }

    private static void awaitWritable(int descriptor) throws SystemCallException {
        try (Memory asked = new Memory(POLLFD_BYTES)) {
            asked.setInt(0, descriptor);
            asked.setShort(POLLFD_EVENTS_AT, POLLOUT);
            asked.setShort(POLLFD_REVENTS_AT, (short) 0);
            int unused = call("poll", asked, 1L, -1);
        } catch (SystemCallException e) {
            if (e.errno() != Errno.EINTR) {
                throw e;
            }
        }
    }

    /** Ends what this end of a connection says; what the other end says can still be read. */
    public static void shutdownWrite(int socket) throws SystemCallException {
        call("shutdown", socket, SHUT_WR);
    }

    /** Orphaned descendants become children of this process. */
    public static void setChildSubreaper() throws SystemCallException {
        call("prctl", PR_SET_CHILD_SUBREAPER, 1L, 0L, 0L, 0L);
    }

    /** Waits for a child to end and leaves it a zombie, so that its number stays its own. */
    public static void awaitExit(int pid) throws SystemCallException {
        try (Memory information = new Memory(SIGINFO_BYTES)) {
            while (true) {
                try {
                    call("waitid", P_PID, pid, information, WEXITED | WNOWAIT);
                    return;
                } catch (SystemCallException e) {
                    if (e.errno() != Errno.EINTR) {
                        throw e;
                    }
                }
            }
        }
    }

    /**
     * Waits for a child to end.
     *
     * @return its wait status, see {@link WaitStatus}
     */
    public static int waitpid(int pid) throws SystemCallException {
        int[] status = new int[1];
        while (true) {
            try {
                call("waitpid", pid, status, 0);
                return status[0];
            } catch (SystemCallException e) {
                if (e.errno() != Errno.EINTR) {
                    throw e;
                }
            }
        }
    }

    /** Sends a signal. */
    public static void kill(int pid, int signal) throws SystemCallException {
        call("kill", pid, signal);
    }

    /** This process's id. */
    public static int getpid() {
        return LIBRARY.getFunction("getpid").invokeInt(new Object[0]);
    }

    /** The effective user id. */
    public static int geteuid() {
        return LIBRARY.getFunction("geteuid").invokeInt(new Object[0]);
    }

    /** The effective group id. */
    public static int getegid() {
        return LIBRARY.getFunction("getegid").invokeInt(new Object[0]);
    }

    /** This process's group. */
    public static int getpgrp() {
        return LIBRARY.getFunction("getpgrp").invokeInt(new Object[0]);
    }

    /** The foreground process group of a terminal. */
    public static int tcgetpgrp(int terminal) throws SystemCallException {
        return call("tcgetpgrp", terminal);
    }

    /** An {@code ioctl} whose argument is a structure. */
    static void ioctl(int descriptor, long request, byte[] argument) throws SystemCallException {
        try (Memory memory = new Memory(argument.length)) {
            memory.write(0, argument, 0, argument.length);
            call("ioctl", descriptor, request, memory);
            memory.read(0, argument, 0, argument.length);
        }
    }

    /** An {@code ioctl} whose argument is a number. */
    static void ioctl(int descriptor, long request, long argument) throws SystemCallException {
        call("ioctl", descriptor, request, argument);
    }

    /** Null-terminated strings one after another, and the null-terminated table of pointers to them. */
    static Memory stringTable(String[] strings) {
        byte[][] bytes = new byte[strings.length][];
        long size = (strings.length + 1L) * Native.POINTER_SIZE;
        for (int i = 0; i < strings.length; i++) {
            bytes[i] = strings[i].getBytes(NativeText.CHARSET);
            size += bytes[i].length + 1L;
        }
        Memory table = new Memory(size);
        long at = (strings.length + 1L) * Native.POINTER_SIZE;
        for (int i = 0; i < strings.length; i++) {
            table.setPointer((long) i * Native.POINTER_SIZE, table.share(at));
            table.write(at, bytes[i], 0, bytes[i].length);
            table.setByte(at + bytes[i].length, (byte) 0);
            at += bytes[i].length + 1L;
        }
        table.setPointer((long) strings.length * Native.POINTER_SIZE, Pointer.NULL);
        return table;
    }
}
