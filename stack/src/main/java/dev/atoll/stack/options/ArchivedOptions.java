package dev.atoll.stack.options;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.wire.ArchivedValues;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.Subnet;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How the values of this package that a stack keeps are archived. */
public final class ArchivedOptions {
    /** More than the options of one packet can name of anything. */
    private static final int MAX_LISTED = 1 << 16;

    private ArchivedOptions() {}

    public static MessageTuning messages(Archive archive, @Nullable MessageTuning value) {
        MessageTuning saved = value == null ? MessageTuning.DEFAULT : value;
        return new MessageTuning(
                archive.int32(saved.leastBufferBytes()),
                archive.int32(saved.bufferBytes()),
                archive.int32(saved.mostBufferBytes()));
    }

    /** Restored, it is {@linkplain TcpTuning#check checked}. */
    public static TcpTuning tcp(Archive archive, @Nullable TcpTuning value) {
        TcpTuning tuning = value == null ? new TcpTuning() : value.copy();
        tuning.congestionControl = archive.text(tuning.congestionControl);
        tuning.sendBufferMinBytes = archive.int32(tuning.sendBufferMinBytes);
        tuning.sendBufferBytes = archive.int32(tuning.sendBufferBytes);
        tuning.sendBufferMaxBytes = archive.int32(tuning.sendBufferMaxBytes);
        tuning.receiveBufferMinBytes = archive.int32(tuning.receiveBufferMinBytes);
        tuning.receiveBufferBytes = archive.int32(tuning.receiveBufferBytes);
        tuning.receiveBufferMaxBytes = archive.int32(tuning.receiveBufferMaxBytes);
        tuning.moderateReceiveBuffer = archive.bool(tuning.moderateReceiveBuffer);
        tuning.timestamps = archive.bool(tuning.timestamps);
        tuning.windowScaling = archive.bool(tuning.windowScaling);
        tuning.sack = archive.bool(tuning.sack);
        tuning.duplicateSack = archive.bool(tuning.duplicateSack);
        tuning.ecn = archive.constant(tuning.ecn);
        tuning.tailLossProbes = archive.bool(tuning.tailLossProbes);
        tuning.frto = archive.bool(tuning.frto);
        tuning.reordering = archive.int32(tuning.reordering);
        tuning.timestampsRequired = archive.bool(tuning.timestampsRequired);
        tuning.checkResetEcho = archive.bool(tuning.checkResetEcho);
        tuning.abortOnHardErrors = archive.bool(tuning.abortOnHardErrors);
        tuning.lowerForLostRetransmission = archive.bool(tuning.lowerForLostRetransmission);
        tuning.weighRttByFlight = archive.bool(tuning.weighRttByFlight);
        tuning.slowStartAfterIdle = archive.bool(tuning.slowStartAfterIdle);
        tuning.restartAtInitialWindow = archive.bool(tuning.restartAtInitialWindow);
        tuning.slowStartLimit = archive.int32(tuning.slowStartLimit);
        tuning.minBurstSegments = archive.int32(tuning.minBurstSegments);
        tuning.pacing = archive.bool(tuning.pacing);
        tuning.notSentLowWaterBytes = archive.int32(tuning.notSentLowWaterBytes);
        tuning.mtuProbing = archive.constant(tuning.mtuProbing);
        tuning.baseMssBytes = archive.int32(tuning.baseMssBytes);
        tuning.mtuProbeFloorBytes = archive.int32(tuning.mtuProbeFloorBytes);
        tuning.mtuProbeIntervalSeconds = archive.int32(tuning.mtuProbeIntervalSeconds);
        tuning.mtuProbeThresholdBytes = archive.int32(tuning.mtuProbeThresholdBytes);
        tuning.minMssBytes = archive.int32(tuning.minMssBytes);
        tuning.rtoMinUs = archive.int32(tuning.rtoMinUs);
        tuning.keepaliveOctet = archive.bool(tuning.keepaliveOctet);
        tuning.invalidRateLimitMs = archive.int32(tuning.invalidRateLimitMs);
        tuning.synRetries = archive.int32(tuning.synRetries);
        tuning.synAckRetries = archive.int32(tuning.synAckRetries);
        tuning.synBacklog = archive.int32(tuning.synBacklog);
        tuning.synCookies = archive.bool(tuning.synCookies);
        tuning.finTimeoutSeconds = archive.int32(tuning.finTimeoutSeconds);
        tuning.timeWaitReuse = archive.constant(tuning.timeWaitReuse);
        tuning.check();
        return tuning;
    }

    public static DhcpLease lease(Archive archive, @Nullable DhcpLease value) {
        IpAddress address = ArchivedValues.address(archive, value == null ? null : value.address());
        int prefixLength = archive.int32(value == null ? 0 : value.prefixLength());
        IpAddress server = ArchivedValues.address(archive, value == null ? null : value.server());
        long leaseSeconds = archive.int64(value == null ? 0 : value.leaseSeconds());
        List<DhcpLease.Route> routes = list(archive, value == null ? null : value.routes(), ArchivedOptions::route);
        List<IpAddress> dnsServers = list(archive, value == null ? null : value.dnsServers(), ArchivedValues::address);
        String domain = text(archive, value == null ? null : value.domain());
        List<String> searchDomains = list(archive, value == null ? null : value.searchDomains(), ArchivedOptions::text);
        int mtuBytes = archive.int32(value == null ? 0 : value.mtuBytes());
        return new DhcpLease(
                address, prefixLength, server, leaseSeconds, routes, dnsServers, domain, searchDomains, mtuBytes);
    }

    private static <T> List<T> list(Archive archive, @Nullable List<T> value, Archive.Codec<T> codec) {
        List<T> list = value == null ? new ArrayList<>() : new ArrayList<>(value);
        archive.list(list, MAX_LISTED, codec);
        return List.copyOf(list);
    }

    private static DhcpLease.Route route(Archive archive, DhcpLease.@Nullable Route value) {
        Subnet destination = ArchivedValues.subnet(archive, value == null ? null : value.destination());
        return new DhcpLease.Route(
                destination, ArchivedValues.address(archive, value == null ? null : value.gateway()));
    }

    private static String text(Archive archive, @Nullable String value) {
        return archive.text(value == null ? "" : value);
    }
}
