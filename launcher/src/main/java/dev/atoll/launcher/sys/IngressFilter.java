package dev.atoll.launcher.sys;

import java.io.Closeable;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Keeps from the kernel what comes in by a device over IPv6 with a source that is not its neighbour's: a chain of nf_tables at
 * the device's ingress. The table belongs to the socket that made it (NFT_TABLE_F_OWNER, Linux 5.12): nobody else can change it,
 * and it goes when this is closed or the process ends, whatever ends it.
 */
public final class IngressFilter implements Closeable {
    // linux/netfilter.h, linux/netfilter/nf_tables.h
    private static final short NEW_TABLE = 0;
    private static final short NEW_CHAIN = 3;
    private static final short NEW_RULE = 6;
    private static final int TABLE_NAME = 1;
    private static final int TABLE_FLAGS = 2;
    private static final int TABLE_OWNED = 2;
    private static final int CHAIN_TABLE = 1;
    private static final int CHAIN_NAME = 3;
    private static final int CHAIN_HOOK = 4;
    private static final int CHAIN_POLICY = 5;
    private static final int CHAIN_TYPE = 7;
    private static final int HOOK_NUMBER = 1;
    private static final int HOOK_PRIORITY = 2;
    private static final int HOOK_DEVICE = 3;
    private static final int RULE_TABLE = 1;
    private static final int RULE_CHAIN = 2;
    private static final int RULE_EXPRESSIONS = 4;
    private static final int LIST_ELEMENT = 1;
    private static final int EXPRESSION_NAME = 1;
    private static final int EXPRESSION_DATA = 2;
    private static final int META_TO = 1;
    private static final int META_KEY = 2;
    private static final int META_PROTOCOL = 1;
    private static final int COMPARE_REGISTER = 1;
    private static final int COMPARE_OPERATION = 2;
    private static final int COMPARE_DATA = 3;
    private static final int EQUAL = 0;
    private static final int PAYLOAD_TO = 1;
    private static final int PAYLOAD_BASE = 2;
    private static final int PAYLOAD_OFFSET = 3;
    private static final int PAYLOAD_BYTES = 4;
    private static final int NETWORK_HEADER = 1;
    private static final int IMMEDIATE_TO = 1;
    private static final int IMMEDIATE_DATA = 2;
    private static final int DATA_VALUE = 1;
    private static final int DATA_VERDICT = 2;
    private static final int VERDICT_CODE = 1;
    private static final int VERDICT_REGISTER = 0;
    private static final int REGISTER = 1;
    private static final int INGRESS = 0;
    private static final int DROP = 0;
    private static final int ACCEPT = 1;

    private static final short IPV4 = 0x0800;
    private static final short ARP = 0x0806;
    private static final short IPV6 = (short) 0x86dd;
    private static final int IPV6_SOURCE_OFFSET = 8;
    /** Of fe80::/64 (RFC 4291 section 2.5.6): what answers to these leave by the device they came by. */
    private static final byte[] LINK_LOCAL = {(byte) 0xfe, (byte) 0x80, 0, 0, 0, 0, 0, 0};
    /** As of one who has no address yet (RFC 4862 section 5.4); nobody answers it. */
    private static final byte[] UNSPECIFIED = new byte[16];

    private static final String CHAIN = "ingress";

    private final Netlink netlink;
    private final String table;

    private IngressFilter(Netlink netlink, String table) {
        this.netlink = netlink;
        this.table = table;
    }

    /**
     * Puts the filter on a device. From then on ARP and IPv4 come in as before, IPv6 from the neighbour's address, from
     * link-local ones and from none, and nothing else. Frames with a VLAN tag are among the rest: the kernel takes the tags of
     * VLAN 0 off after the filter has looked.
     *
     * @param neighbour its IPv6 address, 16 octets
     * @throws SystemCallException if the kernel has no such filter
     */
    public static IngressFilter install(NetDevice device, byte[] neighbour) throws SystemCallException {
        Netlink netlink = Netlink.openNetfilter();
        try {
            // A number is given to one device only, a name may be used again before this table is gone.
            IngressFilter filter = new IngressFilter(netlink, "atoll-" + device.index());
            netlink.changeAtOnce(List.of(
                    filter.newTable(),
                    filter.newChain(device.name()),
                    filter.accept(ARP),
                    filter.accept(IPV4),
                    filter.acceptIpv6(neighbour),
                    filter.acceptIpv6(LINK_LOCAL),
                    filter.acceptIpv6(UNSPECIFIED)));
            return filter;
        } catch (SystemCallException | RuntimeException e) {
            netlink.close();
            throw e;
        }
    }

    private NetlinkRequest newTable() {
        return NetlinkRequest.newOfNetfilter(NEW_TABLE).text(TABLE_NAME, table).bigEndian(TABLE_FLAGS, TABLE_OWNED);
    }

    private NetlinkRequest newChain(String device) {
        NetlinkRequest request = NetlinkRequest.newOfNetfilter(NEW_CHAIN)
                .text(CHAIN_TABLE, table)
                .text(CHAIN_NAME, CHAIN);
        int hook = request.begin(CHAIN_HOOK);
        request.bigEndian(HOOK_NUMBER, INGRESS).bigEndian(HOOK_PRIORITY, 0).text(HOOK_DEVICE, device);
        return request.end(hook).bigEndian(CHAIN_POLICY, DROP).text(CHAIN_TYPE, "filter");
    }

    private NetlinkRequest accept(short protocol) {
        return new Rule().protocol(protocol).accept();
    }

    private NetlinkRequest acceptIpv6(byte[] sourcePrefix) {
        return new Rule().protocol(IPV6).ipv6Source(sourcePrefix).accept();
    }

    /** A rule that is being written: its expressions, each true or the next rule's turn. */
    private final class Rule {
        private final NetlinkRequest request = NetlinkRequest.newOfNetfilter(NEW_RULE);
        private final int expressions;
        private int element;
        private int data;

        Rule() {
            request.text(RULE_TABLE, table).text(RULE_CHAIN, CHAIN);
            expressions = request.begin(RULE_EXPRESSIONS);
        }

        Rule protocol(short etherType) {
            begin("meta");
            request.bigEndian(META_TO, REGISTER).bigEndian(META_KEY, META_PROTOCOL);
            end();
            return equal(ByteBuffer.allocate(Short.BYTES).putShort(etherType).array());
        }

        Rule ipv6Source(byte[] prefix) {
            begin("payload");
            request.bigEndian(PAYLOAD_TO, REGISTER)
                    .bigEndian(PAYLOAD_BASE, NETWORK_HEADER)
                    .bigEndian(PAYLOAD_OFFSET, IPV6_SOURCE_OFFSET)
                    .bigEndian(PAYLOAD_BYTES, prefix.length);
            end();
            return equal(prefix);
        }

        private Rule equal(byte[] value) {
            begin("cmp");
            request.bigEndian(COMPARE_REGISTER, REGISTER).bigEndian(COMPARE_OPERATION, EQUAL);
            int operand = request.begin(COMPARE_DATA);
            request.octets(DATA_VALUE, value).end(operand);
            end();
            return this;
        }

        NetlinkRequest accept() {
            begin("immediate");
            request.bigEndian(IMMEDIATE_TO, VERDICT_REGISTER);
            int operand = request.begin(IMMEDIATE_DATA);
            int verdict = request.begin(DATA_VERDICT);
            request.bigEndian(VERDICT_CODE, ACCEPT).end(verdict).end(operand);
            end();
            return request.end(expressions);
        }

        private void begin(String expression) {
            element = request.begin(LIST_ELEMENT);
            request.text(EXPRESSION_NAME, expression);
            data = request.begin(EXPRESSION_DATA);
        }

        private void end() {
            request.end(data).end(element);
        }
    }

    /** Takes the filter away. */
    @Override
    public void close() {
        netlink.close();
    }
}
