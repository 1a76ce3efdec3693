package dev.atoll.runtime.oracle;

import com.sun.jna.LastErrorException;
import dev.atoll.runtime.host.HostCalls;
import dev.atoll.runtime.host.HostNamespace;
import dev.atoll.runtime.link.HostDescriptor;
import dev.atoll.stack.check.ArpPacket;
import dev.atoll.stack.check.Bytes;
import dev.atoll.stack.check.EthernetFrame;
import dev.atoll.stack.filter.Family;
import dev.atoll.stack.filter.TableName;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.MacAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The kernel as a router in a network namespace of its own, between two TAP devices.
 *
 * <p>The kernel deals with a frame within the write that brings it, so what comes of it is there when the write returns. All
 * the same the last frame of a step is an ARP request on either link, which the filter does not see and the kernel always
 * answers: what comes out before the answers is all that there is.
 */
final class KernelFilter implements Filter {
    private static final int VNET_HEADER_BYTES = 10;
    /** Low byte of the operation, from the frame's begin. */
    private static final int ARP_OPERATION = 21;

    private static final long LIMIT_NS = TimeUnit.SECONDS.toNanos(10);

    private final Topology topology;
    private final HostNamespace namespace;
    /** With which the names of what rules remember begin: another for each case, so that none finds what is left of one before. */
    static final String NAME = "oracle-";

    /**
     * The kernel's connlimit looks once in a tick of its clock, of 4 ms or less, for connections that are over, and lets one go
     * that another processor added when it is two ticks old.
     */
    private static final long TICKS_MS = 10;

    private int loads;
    private boolean countsConnections;
    private final IptablesProcess iptables;
    private final List<HostDescriptor> taps = new ArrayList<>();
    private final List<DatagramChannel> programs = new ArrayList<>();
    private final ByteBuffer buffer = ByteBuffer.allocate(70_000);
    private final int netfilter;
    private final int raw;
    private List<TableName> loaded = List.of();

    KernelFilter(Topology topology, Backend backend) throws Exception {
        this.topology = topology;
        namespace = HostNamespace.open();
        for (Topology.Side side : topology.sides()) {
            taps.add(HostDescriptor.adopt(namespace.call(() -> HostCalls.openTap(side.nic(), /* offloads= */ false))));
        }
        namespace.run("sh", "-e", "-c", settings() + interfaces());
        Path sets = Files.createTempFile("oracle", ".ipset");
        Files.writeString(sets, OracleSets.text(topology));
        namespace.run("ipset", "restore", "-f", sets.toString());
        Files.delete(sets);
        netfilter = namespace.call(HostCalls::openNetfilter);
        raw = namespace.call(() -> HostCalls.openRaw(topology.family() == Family.IPV4));
        for (int port : Traffic.LISTENING) {
            programs.add(namespace.call(() -> {
                DatagramChannel channel = DatagramChannel.open(
                        topology.family() == Family.IPV4 ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6);
                channel.bind(new InetSocketAddress(port)).configureBlocking(false);
                return channel;
            }));
        }
        iptables = new IptablesProcess(namespace, backend.program(topology.family(), "-restore"));
    }

    /** A plain router that says everything it has to say, and nothing of its own accord. */
    private String settings() {
        String both = """
                cd /proc/sys/net/ipv4
                echo 0 >icmp_ratelimit
                for conf in all default eth0 eth1; do
                  for name in rp_filter send_redirects accept_redirects; do echo 0 >conf/$conf/$name; done
                done
                # Decision record 0203: no windows are followed.
                echo 1 >../netfilter/nf_conntrack_tcp_be_liberal
                """;
        return both + (topology.family() == Family.IPV4 ? """
                        echo 1 >ip_forward
                        echo 1000000000 >icmp_msgs_per_sec
                        echo 1000000000 >icmp_msgs_burst
                        for conf in all default eth0 eth1; do echo 1 >../ipv6/conf/$conf/disable_ipv6; done
                        """ : """
                        cd ../ipv6
                        echo 0 >icmp/ratelimit
                        echo 0 >auto_flowlabels
                        for conf in all default eth0 eth1; do
                          for name in accept_dad accept_ra autoconf accept_redirects router_solicitations; do
                            echo 0 >conf/$conf/$name
                          done
                          echo 1 >conf/$conf/addr_gen_mode
                          echo 1 >conf/$conf/mldv2_unsolicited_report_interval
                        done
                        echo 1 >conf/all/forwarding
                        """);
    }

    private String interfaces() {
        StringBuilder script = new StringBuilder();
        List<Topology.Side> sides = topology.sides();
        for (int i = 0; i < sides.size(); i++) {
            Topology.Side side = sides.get(i);
            String nic = side.nic();
            script.append("ip link set " + nic + " address " + side.mac() + " mtu " + Topology.MTU_BYTES + " up\n");
            if (topology.family() == Family.IPV6) {
                script.append("ip address add " + asked(i) + "/24 dev " + nic + "\n");
            }
            side.local()
                    .forEach(address -> script.append("ip address add " + address + "/" + side.prefixLength() + " dev "
                            + nic + (address.isV4() ? "" : " nodad") + "\n"));
            side.everybody()
                    .forEach(host -> script.append("ip neighbour add " + host + " lladdr " + Topology.mac(host)
                            + " nud permanent dev " + nic + "\n"));
        }
        return script.append("ip route add " + topology.farNetwork() + " via " + topology.gateway() + "\n")
                .toString();
    }

    /** The address of an interface that ARP requests are for: IPv6 has no such thing, and rules would meet what it has. */
    private IpAddress asked(int side) {
        Topology v4 = Topology.of(Family.IPV4);
        return v4.sides().get(side).local().get(0);
    }

    @Override
    public void load(String rules) throws Exception {
        HostCalls.forgetConnections(netfilter);
        loads++;
        countsConnections = rules.contains("-m connlimit");
        Map<TableName, List<String>> tables = tables(rules.replace(NAME, NAME + loads + "_"));
        loaded = List.copyOf(tables.keySet());
        iptables.load(tables);
        receive(new Outcome());
    }

    private static Map<TableName, List<String>> tables(String rules) {
        Map<TableName, List<String>> tables = new EnumMap<>(TableName.class);
        List<String> lines = new ArrayList<>();
        for (String line : rules.split("\n", -1)) {
            if (line.startsWith("*")) {
                lines = new ArrayList<>();
                for (TableName table : TableName.values()) {
                    if (line.equals("*" + table.text())) {
                        tables.put(table, lines);
                    }
                }
            } else if (!line.equals("COMMIT")) {
                lines.add(line);
            }
        }
        return tables;
    }

    @Override
    public Outcome apply(Step step) throws Exception {
        Outcome outcome = new Outcome();
        if (countsConnections) {
            Thread.sleep(TICKS_MS);
        }
        if (step instanceof Step.Arrival arrival) {
            Topology.Side side = topology.sides().get(arrival.side());
            send(arrival.side(), Traffic.frame(side, arrival));
        } else if (step instanceof Step.Departure departure) {
            Bytes packet = departure.packet();
            try {
                namespace.call(() -> {
                    HostCalls.sendRaw(
                            raw,
                            packet.toArray(),
                            IpPacket.decode(packet).destination().octets());
                    return true;
                });
            } catch (LastErrorException e) {
                outcome.notes.add("not sent");
            }
        }
        receive(outcome);
        for (int i = 0; i < programs.size(); i++) {
            buffer.clear();
            InetSocketAddress from = (InetSocketAddress) programs.get(i).receive(buffer);
            while (from != null) {
                outcome.notes.add(Traffic.received(
                        Traffic.LISTENING.get(i),
                        IpAddress.of(from.getAddress().getAddress()),
                        from.getPort(),
                        Arrays.copyOf(buffer.array(), buffer.position())));
                buffer.clear();
                from = (InetSocketAddress) programs.get(i).receive(buffer);
            }
        }
        return outcome;
    }

    private void send(int side, Bytes frame) throws IOException {
        byte[] bytes = frame.toArray();
        buffer.clear();
        buffer.put(new byte[VNET_HEADER_BYTES]).put(bytes).flip();
        int length = buffer.limit();
        if (taps.get(side).write(buffer) != length) {
            throw new IOException("a TAP device did not take a frame of " + bytes.length + " bytes");
        }
    }

    private void receive(Outcome outcome) throws IOException {
        for (int i = 0; i < taps.size(); i++) {
            MacAddress router = topology.sides().get(i).mac();
            IpAddress asking =
                    Topology.of(Family.IPV4).sides().get(i).neighbors().get(0);
            ArpPacket question =
                    new ArpPacket(ArpPacket.REQUEST, Topology.mac(asking), asking, MacAddress.ZERO, asked(i));
            send(i, new EthernetFrame(router, Topology.mac(asking), EthernetFrame.ARP, question.encode()).encode());
        }
        for (int i = 0; i < taps.size(); i++) {
            long endNs = System.nanoTime() + LIMIT_NS;
            byte[] frame = read(taps.get(i));
            while (frame == null || !isArpReply(frame)) {
                if (frame != null && !Traffic.isOfLink(frame)) {
                    outcome.sent.add(new Outcome.Sent(i, frame));
                } else if (frame == null && System.nanoTime() - endNs > 0) {
                    throw new IOException("the kernel did not answer an ARP request");
                }
                frame = read(taps.get(i));
            }
        }
    }

    private static boolean isArpReply(byte[] frame) {
        return frame[12] == 8 && frame[13] == 6 && frame[ARP_OPERATION] == ArpPacket.REPLY;
    }

    private byte @Nullable [] read(HostDescriptor tap) throws IOException {
        int count = tap.read(buffer.clear());
        return count <= 0 ? null : Arrays.copyOfRange(buffer.array(), VNET_HEADER_BYTES, count);
    }

    @Override
    public Map<String, List<String>> counted() throws Exception {
        Map<String, List<String>> counted = new LinkedHashMap<>();
        iptables.counted(loaded)
                .forEach((chain, lines) -> counted.put(
                        chain,
                        lines.stream()
                                .map(line -> line.replace(NAME + loads + "_", NAME))
                                .toList()));
        return counted;
    }

    @Override
    public void close() throws IOException {
        iptables.close();
        HostCalls.closeNumber(netfilter);
        HostCalls.closeNumber(raw);
        for (DatagramChannel program : programs) {
            program.close();
        }
        for (HostDescriptor tap : taps) {
            tap.close();
        }
        namespace.close();
    }
}
