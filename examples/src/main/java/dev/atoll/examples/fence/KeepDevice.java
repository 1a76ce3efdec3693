package dev.atoll.examples.fence;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;

/**
 * Makes the TAP device behind the inherited descriptor persistent, which needs no privilege: it would outlive the program.
 * Needs JNA on the class path.
 */
public final class KeepDevice {
    private static final int LINK = 4;
    private static final long TUNSETPERSIST = 0x400454cbL;

    static {
        Native.register(KeepDevice.class, "c");
    }

    private KeepDevice() {}

    static native int ioctl(int descriptor, NativeLong request, NativeLong argument) throws LastErrorException;

    public static void main(String[] args) {
        ioctl(LINK, new NativeLong(TUNSETPERSIST), new NativeLong(1));
        System.out.println("persistent");
    }
}
