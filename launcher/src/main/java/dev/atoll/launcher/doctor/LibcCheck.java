package dev.atoll.launcher.doctor;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The C library of this JVM. The native code that Atoll carries is linked with glibc's. */
final class LibcCheck implements Check {
    /** A mapped file that is a C library: glibc has names of two forms, musl's is its dynamic linker. */
    private static final Pattern LIBRARY = Pattern.compile(
            "/\\S*/(?:(?<glibc>libc\\.so\\.6|libc-[0-9.]+\\.so)|(?<musl>ld-musl-[^/\\s]+))$", Pattern.MULTILINE);

    private final Host host;

    LibcCheck(Host host) {
        this.host = host;
    }

    @Override
    public String subject() {
        return "C library";
    }

    @Override
    public Finding examine() {
        Matcher matcher = LIBRARY.matcher(host.read("/proc/self/maps").orElse(""));
        if (!matcher.find()) {
            return Finding.warn("unknown, no libc is mapped under a known name", "Atoll is made for glibc");
        }
        if (matcher.group("musl") != null) {
            return Finding.missing(
                    "musl (" + matcher.group("musl") + ")",
                    "Atoll's native code needs glibc: use a distribution with it, such as Debian, and a JDK built for it");
        }
        return Finding.ok("glibc (" + matcher.group() + ")");
    }
}
