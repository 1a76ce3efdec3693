package dev.atoll.launcher.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.launcher.doctor.Finding.Status;
import dev.atoll.launcher.sys.Libc;
import org.junit.jupiter.api.Test;

/** The checks that only read. */
class HostChecksTest {
    private final MadeUpHost host = new MadeUpHost();

    @Test
    void platform_otherThanLinuxOnX86_isMissing() {
        assertEquals(Status.OK, new PlatformCheck("Linux", "amd64").examine().status());
        assertEquals(
                Status.MISSING, new PlatformCheck("Linux", "aarch64").examine().status());
        assertEquals(
                Status.MISSING, new PlatformCheck("Mac OS X", "amd64").examine().status());
    }

    @Test
    void kernel_olderOrUnknown_warns() {
        assertEquals(Status.WARN, new KernelCheck(host).examine().status());
        host.file("/proc/sys/kernel/osrelease", "5.10.0-28-amd64");
        assertEquals(Status.WARN, new KernelCheck(host).examine().status());
        host.file("/proc/sys/kernel/osrelease", "5.11.0");
        assertEquals(Finding.ok("5.11.0, at least 5.11"), new KernelCheck(host).examine());
    }

    @Test
    void libc_byTheFileThatIsMapped() {
        assertEquals(Status.WARN, new LibcCheck(host).examine().status());
        host.file("/proc/self/maps", """
                7f00-7f01 r-xp 0 08:01 5    /usr/lib/x86_64-linux-gnu/libcap.so.2
                7f01-7f02 r-xp 0 08:01 6    /usr/lib/x86_64-linux-gnu/libc.so.6
                """);
        assertEquals(Finding.ok("glibc (/usr/lib/x86_64-linux-gnu/libc.so.6)"), new LibcCheck(host).examine());
        host.file("/proc/self/maps", "7f01-7f02 r-xp 0 08:01 6    /lib/x86_64-linux-gnu/libc-2.31.so\n");
        assertEquals(Finding.ok("glibc (/lib/x86_64-linux-gnu/libc-2.31.so)"), new LibcCheck(host).examine());
        host.file("/proc/self/maps", "7f01-7f02 r-xp 0 08:01 6    /lib/ld-musl-x86_64.so.1\n");
        assertEquals(Status.MISSING, new LibcCheck(host).examine().status());
        assertEquals("musl (ld-musl-x86_64.so.1)", new LibcCheck(host).examine().detail());
    }

    @Test
    void appArmor_notThere_isOk() {
        assertEquals(Finding.ok("not in force"), new AppArmorCheck(host).examine());
    }

    @Test
    void appArmor_restrictsUserNamespaces_warnsAnOrdinaryUser() {
        host.file("/sys/module/apparmor/parameters/enabled", "Y")
                .file("/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1")
                .file("/proc/self/attr/current", "unconfined");
        assertEquals(Status.WARN, new AppArmorCheck(host).examine().status());
        assertEquals(Status.OK, new AppArmorCheck(host.user(0)).examine().status());
    }

    @Test
    void appArmor_profile_warnsWithItsName() {
        host.file("/sys/module/apparmor/parameters/enabled", "Y")
                .file("/proc/self/attr/apparmor/current", "docker-default (enforce)");
        assertEquals(
                "this process is under the profile docker-default (enforce)",
                new AppArmorCheck(host).examine().detail());
        assertEquals(Status.WARN, new AppArmorCheck(host).examine().status());
    }

    @Test
    void procChildren_emptyListIsAList() {
        assertEquals(Status.MISSING, new ProcChildrenCheck(host, 7).examine().status());
        host.file("/proc/7/task/7/children", "");
        assertEquals(Status.OK, new ProcChildrenCheck(host, 7).examine().status());
    }

    @Test
    void user_root_warns() {
        assertEquals(Status.OK, new UserCheck(host).examine().status());
        assertEquals(Status.WARN, new UserCheck(host.user(0)).examine().status());
    }

    @Test
    void tap_refused_warnsAndTellsWhatStreamGives() {
        // A terminal that is not there fails as a missing /dev/net/tun does.
        Finding finding = new TapCheck(() -> {
                    int descriptor = Libc.openTerminal("/nonexistent");
                    throw new AssertionError("opened as " + descriptor);
                })
                .examine();
        assertEquals(Status.WARN, finding.status());
        assertTrue(finding.detail().contains("No such file or directory"), finding.detail());
        assertTrue(finding.advice().contains("modprobe tun"), finding.advice());
        assertTrue(finding.advice().contains("--link stream"), finding.advice());
    }
}
