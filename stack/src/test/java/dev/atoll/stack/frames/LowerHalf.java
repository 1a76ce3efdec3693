package dev.atoll.stack.frames;

import dev.atoll.stack.Stack;
import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.archive.StateDiff;
import dev.atoll.stack.buffer.BufferPool;
import dev.atoll.stack.dhcp.DhcpInterface;
import dev.atoll.stack.dhcp.DhcpObserver;
import dev.atoll.stack.env.ArchivedSettings;
import dev.atoll.stack.env.Counters;
import dev.atoll.stack.env.Cycle;
import dev.atoll.stack.env.DhcpSettings;
import dev.atoll.stack.group.GroupLayer;
import dev.atoll.stack.ip.IpLayer;
import dev.atoll.stack.ndp.NdpLayer;
import dev.atoll.stack.nic.Device;
import dev.atoll.stack.nic.HostConfiguration;
import dev.atoll.stack.options.DhcpLease;
import dev.atoll.stack.options.DhcpLoss;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** All of a stack that is below its transport protocols: saved, restored into another stack, and compared. */
public final class LowerHalf {
    private static final DhcpObserver NOBODY = new DhcpObserver() {
        @Override
        public void bound(DhcpLease lease) {}

        @Override
        public void lost(DhcpLoss why) {}
    };

    private LowerHalf() {}

    public static byte[] save(Stack stack) {
        Archive archive = Archive.saving();
        stack.run(() -> archive(archive, stack));
        return archive.toByteArray();
    }

    /** Into a stack that was made the same way. */
    public static void restore(Stack stack, byte[] saved) {
        stack.run(() -> archive(Archive.restoring(saved), stack));
    }

    private static <T> T part(Stack stack, String field, Class<T> type) {
        return type.cast(StateDiff.get(stack, field));
    }

    private static List<Device> devices(Stack stack) {
        List<Device> devices = new ArrayList<>();
        for (Object device : part(stack, "devices", List.class)) {
            devices.add((Device) device);
        }
        return devices;
    }

    /** The NIC that protocols see. */
    public static Device device(OneStack net) {
        Device device = ip(net.stack).routes().device(net.nic.id());
        return Objects.requireNonNull(device);
    }

    public static IpLayer ip(Stack stack) {
        return part(stack, "ip", IpLayer.class);
    }

    private static void archive(Archive archive, Stack stack) {
        part(stack, "cycle", Cycle.class).archive(archive);
        part(stack, "counters", Counters.class).archive(archive);
        for (Device device : devices(stack)) {
            device.archive(archive);
        }
        ip(stack).routes().archive(archive);
        ip(stack).archive(archive);
        ip(stack).filter().archive(archive);
        if (ip(stack).ipv6() != null) {
            part(stack, "ndp", NdpLayer.class).archive(archive);
        }
        part(stack, "groups", GroupLayer.class).archive(archive);
        for (Device device : devices(stack)) {
            archive.optional(client(device), (to, client) -> archiveClient(to, client, stack, device));
        }
        archive.end();
    }

    private static @Nullable DhcpInterface client(Device device) {
        HostConfiguration configuration = device.configuration();
        return configuration == null ? null : (DhcpInterface) configuration;
    }

    private static DhcpInterface archiveClient(
            Archive archive, @Nullable DhcpInterface saved, Stack stack, Device device) {
        DhcpSettings settings = ArchivedSettings.dhcp(archive, saved == null ? null : saved.settings());
        DhcpInterface client = saved == null
                ? new DhcpInterface(
                        device,
                        part(stack, "cycle", Cycle.class),
                        part(stack, "counters", Counters.class),
                        part(stack, "pool", BufferPool.class),
                        ip(stack),
                        settings,
                        NOBODY)
                : saved;
        client.archive(archive);
        return client;
    }

    /** Knows what is no state of the lower half. */
    public static StateDiff diff() {
        return new StateDiff()
                .ignoring("Cycle.clock", "of the process")
                .ignoring("Cycle.rng", "of the process")
                .ignoring("Cycle.offsetNs", "what makes the clocks of two processes one time")
                .ignoring("Timer.action", "code")
                .ignoring("TimerQueue.heap", "follows from the timers, which their owners have")
                .ignoring("BufferPool", "idle memory; what is in use is compared where it is")
                .ignoring("Device.link", "of the process")
                .ignoring("Device.upper", "what a stack is made of")
                .ignoring("Device.coalescer", "keeps nothing beyond a hold, which archive checks")
                .ignoring("Device.tap", "what a stack is made of")
                .ignoring("Device.context", "the caller's")
                .ignoring("EgressQueue.link", "of the process")
                .ignoring("EgressQueue.waitingForRoom", "connections, which say so again")
                .ignoring("GroupTable.Membership.listeners", "endpoints, which put themselves back")
                .ignoring("NetworkLayer.handlers", "what a stack is made of")
                .ignoring("IpLayer.unclaimed", "the caller's")
                .ignoring("IpLayer.resetSender", "what a stack is made of")
                .ignoring("IpLayer.rawReceiver", "what a stack is made of")
                .ignoring("IpLayer.linkFailureListener", "what a stack is made of")
                .ignoring("IpLayer.lastDenial", "read at once by who was denied")
                .ignoring("Forwarding.ways", "a cache")
                .ignoring("Ipv4Options", "of the packet that was judged last")
                .ignoring("ExtensionHeaders", "of the packet that was judged last")
                .ignoring("PacketContext", "of the packet that was judged last")
                .ignoring("FlowKey.protocol", "of the packet that was judged last")
                .ignoring("FlowKey.sourceHigh", "of the packet that was judged last")
                .ignoring("FlowKey.sourceLow", "of the packet that was judged last")
                .ignoring("FlowKey.destinationHigh", "of the packet that was judged last")
                .ignoring("FlowKey.destinationLow", "of the packet that was judged last")
                .ignoring("FlowKey.sourcePort", "of the packet that was judged last")
                .ignoring("FlowKey.destinationPort", "of the packet that was judged last")
                .ignoring("ConnTrack.recent", "of the packets that were met last")
                .ignoring("ConnTrack.dueNs", "at the earliest, so that too early is no harm")
                .ignoring("IpTables.rng", "of the process")
                .ignoring("InterfaceIds.rng", "of the process")
                .ignoring("DenialGate.listener", "the caller's")
                .ignoring("LoadedRules.callers", "of the packet that was judged last")
                .ignoring("LoadedRules.callerNext", "of the packet that was judged last")
                .ignoring("LoadedRules.LoadedRule.accept", "made when first needed")
                .ignoring("LoadedRules.LoadedRule.drop", "made when first needed")
                .ignoring("LoadedRules.LoadedRule.reject", "made when first needed")
                .ignoring("NdpLayer.observer", "the caller's")
                .ignoring("DhcpInterface.observer", "the caller's")
                .ignoring("ConflictProbe.free", "code");
    }

    public static List<String> differences(Stack left, Stack right) {
        StateDiff diff = diff();
        for (String part : List.of("cycle", "counters", "devices", "ip", "groups")) {
            diff.compare(part, StateDiff.get(left, part), StateDiff.get(right, part));
        }
        if (ip(left).ipv6() != null) {
            diff.compare("ndp", StateDiff.get(left, "ndp"), StateDiff.get(right, "ndp"));
        }
        if (left.packetsOutstanding() != right.packetsOutstanding()) {
            diff.compare("packets in use", left.packetsOutstanding(), right.packetsOutstanding());
        }
        return diff.differences();
    }
}
