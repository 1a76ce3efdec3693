package dev.atoll.launcher.sys;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/** How text crosses into file names, arguments and the environment. */
public final class NativeText {
    /**
     * The charset in which the JVM decoded its own arguments and environment; the one in which they come out as they
     * went in.
     */
    public static final Charset CHARSET = charset();

    private NativeText() {}

    private static Charset charset() {
        String name = System.getProperty("sun.jnu.encoding");
        return name != null && Charset.isSupported(name) ? Charset.forName(name) : StandardCharsets.UTF_8;
    }
}
