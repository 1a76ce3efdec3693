package dev.atoll.examples.badwire;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * The system calls the wire needs, with the numbers of Linux. Each fails with {@link LastErrorException}, except those of
 * every frame: these return -1, and the reason is {@link Native#getLastError}.
 */
final class Linux {
    static final int O_RDWR = 2;
    static final int O_NONBLOCK = 0x800;
    static final int O_CLOEXEC = 0x80000;
    static final int EAGAIN = 11;
    static final int EINTR = 4;
    static final int EIO = 5;

    static {
        Native.register(Linux.class, "c");
    }

    private Linux() {}

    static native int open(String path, int flags) throws LastErrorException;

    static native int close(int fd) throws LastErrorException;

    static native int ioctl(int fd, NativeLong request, Pointer argument) throws LastErrorException;

    static native NativeLong read(int fd, Pointer buffer, NativeLong count);

    static native NativeLong write(int fd, Pointer buffer, NativeLong count);

    static native int ppoll(Pointer fds, NativeLong count, @Nullable Pointer timeout, @Nullable Pointer signals);

    static native int socket(int domain, int type, int protocol) throws LastErrorException;

    static native int bind(int fd, Pointer address, int length) throws LastErrorException;

    static native int if_nametoindex(String name) throws LastErrorException;
}
