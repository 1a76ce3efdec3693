package dev.atoll.launcher.config;

import dev.atoll.launcher.link.Ipv6Request;
import dev.atoll.runtime.control.ControlRecord.Address;
import dev.atoll.runtime.control.ControlRecord.Names;
import dev.atoll.stack.wire.IpAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a run, checked; what is "auto" or "none" is null.
 *
 * @param link kind of link, and its argument after a colon
 * @param address the program's
 * @param router next hop
 * @param ipv6 the program's IPv6 address
 * @param names how names are looked up; without a server it is the router that is asked
 * @param mtuBytes the largest IP packet
 * @param offload whether a TAP or veth may carry super-segments and open checksums
 * @param takeDefault whether an interface may be taken that carries a default route of the caller's
 * @param hostname the sandbox's name
 * @param debug the port for debuggers, or null; 0 is one that is free
 * @param debugSuspend whether the program waits for one
 * @param policies files of rules; none: there is no filter
 * @param ipsets files of sets that rules may ask for
 * @param watch whether the policy is read again when one of its files changes
 * @param audit whether rules only look on
 * @param flowLog file to append a record of each flow to
 * @param pcap file to record in
 * @param statusFile where to say how the run ended
 * @param jdks homes of Javas that programs may start, besides those that are found
 * @param maxJvms how many JVMs may run besides the one that the launcher starts
 * @param timeout how long the program may run
 * @param stopGrace how long it has to end when asked to
 * @param denialLines whether denials are lines on stderr
 * @param plainErrors whether the program's exceptions leave the rule to the log
 * @param failOnDenial whether a run has failed in which anything was denied
 * @param log the launcher's log
 */
public record Settings(
        String link,
        @Nullable Address address,
        @Nullable IpAddress router,
        Ipv6Request ipv6,
        Names names,
        int mtuBytes,
        boolean offload,
        boolean takeDefault,
        String hostname,
        @Nullable Integer debug,
        boolean debugSuspend,
        List<Path> policies,
        List<Path> ipsets,
        boolean watch,
        boolean audit,
        @Nullable Path flowLog,
        @Nullable Path pcap,
        @Nullable Path statusFile,
        List<Path> jdks,
        int maxJvms,
        @Nullable Duration timeout,
        Duration stopGrace,
        boolean denialLines,
        boolean plainErrors,
        boolean failOnDenial,
        LogSettings log) {
    public Settings {
        policies = List.copyOf(policies);
        ipsets = List.copyOf(ipsets);
        jdks = List.copyOf(jdks);
    }

    /**
     * The launcher's log.
     *
     * @param level least important level for the file
     * @param file where; null for none
     * @param json one JSON object per line instead of text
     */
    public record LogSettings(String level, @Nullable Path file, boolean json) {}
}
