package dev.atoll.stack.env;

import dev.atoll.stack.archive.Archive;
import org.jspecify.annotations.Nullable;

/** How the settings of this package are archived: a restored stack takes them from the archive. */
public final class ArchivedSettings {
    private ArchivedSettings() {}

    public static NeighborSettings neighbors(Archive archive, @Nullable NeighborSettings value) {
        NeighborSettings saved = value == null ? NeighborSettings.DEFAULT : value;
        return new NeighborSettings(
                archive.int64(saved.baseReachableNs()),
                factor(archive, saved.minRandomFactor()),
                factor(archive, saved.maxRandomFactor()),
                archive.int64(saved.retransmitNs()),
                archive.int64(saved.delayFirstProbeNs()),
                archive.int32(saved.maxMulticastProbes()),
                archive.int32(saved.maxUnicastProbes()));
    }

    private static double factor(Archive archive, double value) {
        return Double.longBitsToDouble(archive.int64(Double.doubleToLongBits(value)));
    }

    public static Ipv6Settings ipv6(Archive archive, @Nullable Ipv6Settings value) {
        Ipv6Settings saved = value == null ? Ipv6Settings.DEFAULT : value;
        return new Ipv6Settings(
                archive.bool(saved.linkLocal()),
                archive.bool(saved.opaqueIds()),
                archive.int32(saved.dadTransmits()),
                archive.bool(saved.routerDiscovery()),
                archive.bool(saved.autoconfiguration()),
                archive.bool(saved.temporaryAddresses()),
                archive.bool(saved.disabledByDuplicate()),
                archive.bool(saved.delayedGroupReports()));
    }

    public static DhcpSettings dhcp(Archive archive, @Nullable DhcpSettings value) {
        DhcpSettings saved = value == null ? DhcpSettings.DEFAULT : value;
        return new DhcpSettings(archive.text(saved.hostName()), archive.int32(saved.conflictProbes()));
    }
}
