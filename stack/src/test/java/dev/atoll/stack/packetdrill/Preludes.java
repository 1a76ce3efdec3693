package dev.atoll.stack.packetdrill;

import dev.atoll.stack.options.RouteOptions;
import dev.atoll.stack.options.TcpTuning;
import dev.atoll.stack.wire.IpAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the shell commands of a script mean here. They set sysctls of the kernel under test: those that have a
 * counterpart among the stack's settings set that, those that change nothing a packet shows are passed over, and the
 * rest make the script one that cannot be run here.
 *
 * <p>A call of the collection's {@code defaults.sh} stands for the settings that file makes.
 */
final class Preludes {
    private static final Pattern SETTING =
            Pattern.compile("(?:net[./]ipv4[./])(tcp_[a-z0-9_]+)\\s*=\\s*(\"[^\"]*\"|[^\\s\\\\]+)");

    /** A setting that Linux does not have, by the name of its field. */
    private static final Pattern OWN = Pattern.compile("atoll (\\w+)=(true|false)");

    private static final Pattern DEFAULTS = Pattern.compile("(?:^|\\s|/)defaults\\.sh\\b");

    /** Settings whose values here do not matter to scripts of features that exist. */
    private static final Set<String> INDIFFERENT = Set.of(
            "tcp_fastopen",
            "tcp_fastopen_key",
            "tcp_tso_win_divisor",
            "tcp_no_metrics_save",
            "tcp_pacing_ss_ratio",
            "tcp_syncookies");

    /** Commands that change a link or a queue in a way the virtual link does not have. */
    private static final Pattern FOREIGN =
            Pattern.compile("tc qdisc replace(?! dev tun0 root fq)|ip -6 route change|limit 0");

    /** The queue that paces: what it does to a packet script, the stack does by itself. */
    private static final Pattern PACING = Pattern.compile("tc qdisc replace dev tun0 root fq(?!_)");

    /** What the route to a host is from now on. */
    private static final Pattern ROUTE = Pattern.compile("ip route change (\\S+)([^\\n;]*)");

    private static final Pattern ROUTE_OPTION = Pattern.compile("\\b(mtu|advmss|initcwnd) (lock )?(\\d+)");

    /** The options of a route to a host. */
    record RouteChange(IpAddress host, RouteOptions options) {}

    private Preludes() {}

    /** The routes that a command changes, in its order. */
    static List<RouteChange> routeChanges(String command) {
        List<RouteChange> changes = new ArrayList<>();
        Matcher change = ROUTE.matcher(command);
        while (change.find()) {
            RouteOptions options = RouteOptions.DEFAULT;
            Matcher option = ROUTE_OPTION.matcher(change.group(2));
            while (option.find()) {
                int value = Integer.parseInt(option.group(3));
                options = switch (option.group(1)) {
                    case "mtu" ->
                        option.group(2) == null ? options.withMtuBytes(value) : options.withLockedMtuBytes(value);
                    case "advmss" -> options.withAdvertisedMssBytes(value);
                    default -> options.withInitialWindowSegments(value);
                };
            }
            changes.add(new RouteChange(IpAddress.parse(change.group(1)), options));
        }
        return changes;
    }

    /** The settings that the commands before the first event make. */
    static TcpTuning tuning(List<String> commands) throws ScriptFailure {
        TcpTuning tuning = new TcpTuning();
        for (String command : commands) {
            if (DEFAULTS.matcher(command).find()) {
                setDefaults(tuning);
            }
            tuning.pacing |= PACING.matcher(command).find();
            Matcher foreign = FOREIGN.matcher(command);
            if (foreign.find()) {
                throw ScriptFailure.skip("the command `" + foreign.group() + "`");
            }
            Matcher own = OWN.matcher(command);
            while (own.find()) {
                setOwn(tuning, own.group(1), Boolean.parseBoolean(own.group(2)));
            }
            Matcher setting = SETTING.matcher(command);
            while (setting.find()) {
                set(tuning, setting.group(1), setting.group(2).replace("\"", ""));
            }
        }
        return tuning;
    }

    private static void setOwn(TcpTuning tuning, String field, boolean value) throws ScriptFailure {
        try {
            TcpTuning.class.getField(field).setBoolean(tuning, value);
        } catch (ReflectiveOperationException e) {
            throw ScriptFailure.skip("no setting " + field);
        }
    }

    private static void setDefaults(TcpTuning tuning) {
        tuning.receiveBufferBytes = 540_000;
        tuning.receiveBufferMaxBytes = 15 << 20;
        tuning.sendBufferBytes = 256 << 10;
        tuning.sendBufferMaxBytes = 4 << 20;
        tuning.synRetries = 5;
        tuning.slowStartAfterIdle = false;
        tuning.ecn = TcpTuning.Ecn.OFF;
    }

    private static void set(TcpTuning tuning, String name, String value) throws ScriptFailure {
        switch (name) {
            case "tcp_timestamps" -> tuning.timestamps = !value.equals("0");
            case "tcp_sack" -> tuning.sack = !value.equals("0");
            case "tcp_dsack" -> tuning.duplicateSack = !value.equals("0");
            case "tcp_window_scaling" -> tuning.windowScaling = !value.equals("0");
            case "tcp_frto" -> tuning.frto = !value.equals("0");
            case "tcp_early_retrans" -> tuning.tailLossProbes = value.equals("3") || value.equals("4");
            case "tcp_slow_start_after_idle" -> tuning.slowStartAfterIdle = !value.equals("0");
            case "tcp_min_tso_segs" -> tuning.minBurstSegments = Integer.parseInt(value);
            case "tcp_reordering" -> tuning.reordering = Integer.parseInt(value);
            case "tcp_notsent_lowat" -> tuning.notSentLowWaterBytes = Integer.parseUnsignedInt(value);
            case "tcp_congestion_control" -> tuning.congestionControl = value;
            case "tcp_syn_retries" -> tuning.synRetries = Integer.parseInt(value);
            case "tcp_synack_retries" -> tuning.synAckRetries = Integer.parseInt(value);
            case "tcp_ecn" -> tuning.ecn = ecn(value);
            case "tcp_tw_reuse" -> tuning.timeWaitReuse = timeWaitReuse(value);
            case "tcp_mtu_probing" -> tuning.mtuProbing = mtuProbing(value);
            case "tcp_base_mss" -> tuning.baseMssBytes = Integer.parseInt(value);
            case "tcp_mtu_probe_floor" -> tuning.mtuProbeFloorBytes = Integer.parseInt(value);
            case "tcp_probe_interval" -> tuning.mtuProbeIntervalSeconds = Integer.parseInt(value);
            case "tcp_probe_threshold" -> tuning.mtuProbeThresholdBytes = Integer.parseInt(value);
            case "tcp_min_snd_mss" -> tuning.minMssBytes = Integer.parseInt(value);
            case "tcp_invalid_ratelimit" -> tuning.invalidRateLimitMs = Integer.parseInt(value);
            // Of Linux before 3.9.
            case "tcp_abc" -> tuning.slowStartLimit = Integer.parseInt(value);
            case "tcp_rto_min_us" -> tuning.rtoMinUs = Integer.parseInt(value);
            case "tcp_rmem", "tcp_wmem" -> setBuffer(tuning, name, value);
            default -> {
                if (!INDIFFERENT.contains(name)) {
                    throw ScriptFailure.skip("sysctl " + name + "=" + value);
                }
            }
        }
    }

    private static TcpTuning.Ecn ecn(String value) throws ScriptFailure {
        return switch (value) {
            case "0" -> TcpTuning.Ecn.OFF;
            case "1" -> TcpTuning.Ecn.ON;
            case "2" -> TcpTuning.Ecn.PASSIVE;
            default -> throw ScriptFailure.skip("sysctl tcp_ecn=" + value);
        };
    }

    private static TcpTuning.TimeWaitReuse timeWaitReuse(String value) throws ScriptFailure {
        return switch (value) {
            case "0" -> TcpTuning.TimeWaitReuse.OFF;
            case "1" -> TcpTuning.TimeWaitReuse.ON;
            case "2" -> TcpTuning.TimeWaitReuse.LOOPBACK;
            default -> throw ScriptFailure.skip("sysctl tcp_tw_reuse=" + value);
        };
    }

    private static TcpTuning.MtuProbing mtuProbing(String value) throws ScriptFailure {
        return switch (value) {
            case "0" -> TcpTuning.MtuProbing.OFF;
            case "1" -> TcpTuning.MtuProbing.BLACK_HOLE;
            case "2" -> TcpTuning.MtuProbing.ON;
            default -> throw ScriptFailure.skip("sysctl tcp_mtu_probing=" + value);
        };
    }

    private static void setBuffer(TcpTuning tuning, String name, String value) throws ScriptFailure {
        String[] sizes = value.split("\\s+", -1);
        if (sizes.length != 3) {
            throw ScriptFailure.skip("sysctl " + name + "=" + value);
        }
        if (name.equals("tcp_rmem")) {
            tuning.receiveBufferBytes = Integer.parseInt(sizes[1]);
            tuning.receiveBufferMaxBytes = Integer.parseInt(sizes[2]);
        } else {
            tuning.sendBufferBytes = Integer.parseInt(sizes[1]);
            tuning.sendBufferMaxBytes = Integer.parseInt(sizes[2]);
        }
    }

    /** Whether a command between events has the link refuse everything from then on. */
    static boolean isStuckLink(String command) {
        return command.contains("pfifo limit 0");
    }

    /** Whether a command between events only looks at the kernel. */
    static boolean isHarmless(String command) {
        return command.startsWith("grep ");
    }

    /** Other commands between events change a running kernel, which cannot be done here. */
    static ScriptFailure refusal(String command) {
        return ScriptFailure.skip("the command `" + command + "` while the script runs");
    }
}
