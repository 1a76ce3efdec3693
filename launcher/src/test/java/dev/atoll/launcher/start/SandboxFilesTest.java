package dev.atoll.launcher.start;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.atoll.runtime.control.ControlRecord.Names;
import dev.atoll.stack.wire.IpAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

class SandboxFilesTest {
    private static final IpAddress OWN = IpAddress.parse("10.66.0.2");
    private static final IpAddress SERVER = IpAddress.parse("10.66.0.1");

    @Test
    void resolvConf_servers_areNamedInTheirOrder() {
        assertEquals(
                "nameserver 10.66.0.1\nnameserver 10.66.0.2\n",
                SandboxFiles.resolvConf(Names.NONE.withServers(List.of(SERVER, OWN))));
        assertEquals("", SandboxFiles.resolvConf(Names.NONE));
    }

    @Test
    void resolvConf_whatIsNotAsByDefault_isThere() {
        assertEquals(
                "nameserver 10.66.0.1\nsearch corp.example example\noptions ndots:2 timeout:3 attempts:4 rotate\n",
                SandboxFiles.resolvConf(
                        new Names(List.of(SERVER), true, List.of("corp.example", "example"), 2, 3, 4, true)));
        assertEquals(
                "options attempts:1\n",
                SandboxFiles.resolvConf(new Names(List.of(), false, List.of(), 1, 5, 1, false)));
    }

    @Test
    void hosts_withAddress_nameIsThere() {
        assertEquals(
                "127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n10.66.0.2 island\n",
                SandboxFiles.hosts("island", List.of(OWN)));
    }

    @Test
    void hosts_withoutAddress_nameIsLoopback() {
        assertEquals(
                "127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n127.0.0.1 island\n",
                SandboxFiles.hosts("island", List.of()));
    }

    @Test
    void nsswitchConf_hostsByOtherServices_areFilesAndDnsAlone() {
        assertEquals(
                "passwd: files systemd\nnetworks: files\nhosts: files dns\n",
                SandboxFiles.nsswitchConf(
                        "passwd: files systemd\n  hosts: files mdns4_minimal [NOTFOUND=return] resolve\n\nnetworks: files\n"));
    }

    @Test
    void nsswitchConf_noFileOnTheHost_namesHostsOnly() {
        assertEquals("hosts: files dns\n", SandboxFiles.nsswitchConf(""));
    }
}
