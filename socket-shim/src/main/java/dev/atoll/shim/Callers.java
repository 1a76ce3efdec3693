package dev.atoll.shim;

import dev.atoll.bridge.SocketCore;
import dev.atoll.stack.options.SocketCaller;
import java.lang.reflect.Proxy;
import java.net.URL;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Finds whose code calls: the first frame of the current thread that belongs neither to the JDK nor to Atoll. A library that
 * opens sockets for others is the caller, whoever called it.
 *
 * <p>JDK is what the boot and the platform loader have loaded; in a sandbox Atoll is among it. Frames of reflection are not
 * seen, proxies are nobody's.
 */
final class Callers {
    private static final StackWalker WALKER = StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);

    private static final String SHIM = Callers.class.getPackageName();
    private static final String BRIDGE = SocketCore.class.getPackageName();

    private Callers() {}

    /** Whose code is on the stack of this thread; without code, if it is none but the JDK's. */
    static SocketCaller find() {
        return WALKER.walk(Callers::find);
    }

    private static SocketCaller find(Stream<StackWalker.StackFrame> stack) {
        Class<?> first = null;
        List<String> frames = new ArrayList<>();
        Iterator<StackWalker.StackFrame> all = stack.iterator();
        while (all.hasNext() && frames.size() < SocketCaller.MAX_FRAMES) {
            StackWalker.StackFrame frame = all.next();
            if (isProgram(frame.getDeclaringClass())) {
                first = first == null ? frame.getDeclaringClass() : first;
                frames.add(frame.toStackTraceElement().toString());
            }
        }
        String thread = Thread.currentThread().getName();
        if (first == null) {
            return new SocketCaller("", "", "", "", thread, List.of());
        }
        String module = first.getModule().getName();
        String location = location(first);
        String coordinates = JarIdentity.coordinatesOf(location);
        return new SocketCaller(first.getName(), module == null ? "" : module, location, coordinates, thread, frames);
    }

    private static boolean isProgram(Class<?> type) {
        ClassLoader loader = type.getClassLoader();
        return loader != null
                && loader != ClassLoader.getPlatformClassLoader()
                && !isOurs(type, loader)
                && !Proxy.isProxyClass(type);
    }

    /** Where a program has put Atoll on its own class path. */
    private static boolean isOurs(Class<?> type, ClassLoader loader) {
        String in = type.getPackageName();
        return loader == Callers.class.getClassLoader() && (in.equals(SHIM) || in.equals(BRIDGE));
    }

    private static String location(Class<?> type) {
        CodeSource source = type.getProtectionDomain().getCodeSource();
        URL location = source == null ? null : source.getLocation();
        return location == null ? "" : location.toString();
    }
}
