package dev.atoll.launcher.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.launcher.doctor.Finding.Status;
import dev.atoll.launcher.start.Tools;
import org.junit.jupiter.api.Test;

class NamespacesCheckTest {
    private static final String REFUSED = "unshare: unshare failed: Operation not permitted\n";

    private final MadeUpHost host =
            new MadeUpHost().link("/proc/self/ns/user", "user:[1]").link("/proc/self/ns/net", "net:[2]");

    @Test
    void examine_otherNamespaces_isOk() {
        host.programsEnd(0, "user:[3]\nnet:[4]\n");
        assertEquals(Status.OK, examine().status());
    }

    @Test
    void examine_onlyOneIsAnother_isMissing() {
        host.programsEnd(0, "user:[3]\nnet:[2]\n");
        assertEquals("/usr/bin/unshare says it made them and has not", examine().detail());
        assertEquals(Status.MISSING, examine().status());
    }

    @Test
    void examine_unshareThatDoesNothing_isMissing() {
        host.programsEnd(0, "");
        assertEquals(Status.MISSING, examine().status());
    }

    @Test
    void examine_noUnshare_isMissing() {
        host.without(Tools.UNSHARE);
        assertEquals(Status.MISSING, examine().status());
    }

    @Test
    void examine_refusedWithoutKnownLimit_saysSo() {
        host.programsEnd(1, REFUSED);
        Finding finding = examine();
        assertEquals("making them failed (unshare: unshare failed: Operation not permitted)", finding.detail());
        assertTrue(finding.advice().startsWith("no known limit is in force"), finding.advice());
    }

    @Test
    void examine_debiansSwitch_isNamedToAnOrdinaryUserOnly() {
        host.programsEnd(1, REFUSED).file("/proc/sys/kernel/unprivileged_userns_clone", "0");
        assertTrue(
                examine().detail().endsWith(": kernel.unprivileged_userns_clone is 0"),
                examine().detail());
        assertEquals(
                "as root: sysctl -w kernel.unprivileged_userns_clone=1",
                examine().advice());
        host.user(0);
        assertTrue(examine().advice().startsWith("no known limit"), examine().advice());
    }

    @Test
    void examine_noneAllowed_namesEachKind() {
        host.programsEnd(1, REFUSED)
                .file("/proc/sys/user/max_user_namespaces", "0")
                .file("/proc/sys/user/max_net_namespaces", "0")
                .file("/proc/sys/user/max_mnt_namespaces", "1000");
        assertTrue(
                examine().detail().endsWith(": user.max_user_namespaces is 0, user.max_net_namespaces is 0"),
                examine().detail());
        assertEquals(
                "as root: sysctl -w user.max_user_namespaces=10000; as root: sysctl -w user.max_net_namespaces=10000",
                examine().advice());
    }

    @Test
    void examine_restrictedByAppArmor_namesTheSwitch() {
        host.programsEnd(1, REFUSED).file("/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1");
        assertTrue(
                examine().advice().contains("kernel.apparmor_restrict_unprivileged_userns=0"),
                examine().advice());
    }

    @Test
    void examine_seccompFilter_namesTheContainersOption() {
        host.programsEnd(1, REFUSED).file("/proc/self/status", "Name:\tjava\nSeccomp:\t2\nSeccomp_filters:\t1");
        assertTrue(examine().advice().contains("seccomp=unconfined"), examine().advice());
        host.file("/proc/self/status", "Name:\tjava\nSeccomp:\t0\nSeccomp_filters:\t2");
        assertTrue(examine().advice().startsWith("no known limit"), examine().advice());
    }

    @Test
    void examine_kernelWithoutUserNamespaces_saysSo() {
        MadeUpHost bare = new MadeUpHost().programsEnd(1, "unshare: unshare failed: Invalid argument");
        Finding finding = new NamespacesCheck(bare, new LimitsOfHost(bare)).examine();
        assertEquals("use a kernel built with CONFIG_USER_NS", finding.advice());
    }

    private Finding examine() {
        return new NamespacesCheck(host, new LimitsOfHost(host)).examine();
    }
}
