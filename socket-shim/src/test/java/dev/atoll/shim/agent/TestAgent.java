package dev.atoll.shim.agent;

import java.io.File;
import java.lang.instrument.Instrumentation;
import java.net.URL;
import java.net.URLClassLoader;

/** The agent of the child JVMs: the one class of its jar. Everything else is in a loader of its own. */
public final class TestAgent {
    private TestAgent() {}

    /** @param path the class path of the isolated loader */
    public static void premain(String path, Instrumentation instrumentation) throws Exception {
        String[] entries = path.split(File.pathSeparator, -1);
        URL[] urls = new URL[entries.length];
        for (int i = 0; i < entries.length; i++) {
            urls[i] = new File(entries[i]).toURI().toURL();
        }
        // Stays open as long as the JVM: classes are loaded from it at any time.
        @SuppressWarnings("resource")
        ClassLoader inside = new URLClassLoader(urls, ClassLoader.getPlatformClassLoader());
        try {
            inside.loadClass("dev.atoll.shim.agent.Inside")
                    .getMethod("start", Instrumentation.class)
                    .invoke(null, instrumentation);
        } catch (ReflectiveOperationException e) {
            e.printStackTrace();
            Runtime.getRuntime().halt(125);
        }
    }
}
