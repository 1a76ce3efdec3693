package dev.atoll.launcher.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.atoll.launcher.doctor.Finding.Status;
import dev.atoll.launcher.start.Tools;
import dev.atoll.launcher.start.Tools.Tool;
import org.junit.jupiter.api.Test;

class ToolCheckTest {
    private static final Tool TOOL = new Tool("unshare", "2.36", "util-linux", "makes the namespaces");
    private static final String INSTALL = "install unshare 2.36 or newer, which Debian has in the package util-linux";

    private final MadeUpHost host = new MadeUpHost();

    @Test
    void examine_newEnough_isOk() {
        host.programsEnd(0, "unshare from util-linux 2.36\n");
        assertEquals(Finding.ok("/usr/bin/unshare is 2.36, at least 2.36"), examine());
    }

    @Test
    void examine_older_isMissing() {
        host.programsEnd(0, "unshare from util-linux 2.9.1\n");
        assertEquals(Finding.missing("/usr/bin/unshare is 2.9, older than 2.36", INSTALL), examine());
    }

    @Test
    void examine_absent_saysWhatForAndWhichPackage() {
        host.without(Tools.UNSHARE);
        assertEquals(Finding.missing("not there; it makes the namespaces", INSTALL), examine());
    }

    @Test
    void examine_busyBox_isMissing() {
        host.programsEnd(
                1, "unshare: unrecognized option '--version'\nBusyBox v1.36.1 (2023-06-22) multi-call binary.\n");
        assertEquals(Finding.missing("/usr/bin/unshare is BusyBox's, which lacks options", INSTALL), examine());
    }

    @Test
    void examine_noVersion_warns() {
        host.programsEnd(1, "what?\nno option 3\n");
        assertEquals(Status.WARN, examine().status());
        assertEquals(
                "/usr/bin/unshare does not say its version: no option 3",
                examine().detail());
    }

    @Test
    void examine_anyVersionWillDo_isNotAsked() {
        assertEquals(Finding.ok("/usr/bin/ip"), new ToolCheck(host, Tools.IP).examine());
        assertEquals(java.util.List.of(), host.command);
    }

    private Finding examine() {
        return new ToolCheck(host, TOOL).examine();
    }
}
