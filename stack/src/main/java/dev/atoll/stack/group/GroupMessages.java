package dev.atoll.stack.group;

import dev.atoll.stack.nic.Device;
import dev.atoll.stack.wire.IpAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** The messages of one family's membership protocol. */
abstract class GroupMessages {
    /** Bytes of a record before its addresses. */
    private static final int RECORD_BYTES = 4;

    private final int addressBytes;
    private final int maxRecordsBytes;

    /**
     * @param addressBytes bytes of an address
     * @param maxRecordsBytes bytes that all records of one report may take
     */
    GroupMessages(int addressBytes, int maxRecordsBytes) {
        this.addressBytes = addressBytes;
        this.maxRecordsBytes = maxRecordsBytes;
    }

    /** Whether routers are told of the group at all. */
    abstract boolean isReported(IpAddress group);

    /** Sends one report of the newest version that holds these records, which fit. */
    abstract void sendReport(Device device, List<GroupRecord> records);

    /** A report as an older querier understands it. */
    abstract void reportOld(Device device, IpAddress group, int version);

    /** The message that ends a membership for an older querier, if its version has one. */
    abstract void leaveOld(Device device, IpAddress group, int version);

    /** Tells all this in as many reports of the newest version as it takes. */
    final void report(Device device, List<GroupRecord> records) {
        List<GroupRecord> part = new ArrayList<>();
        int bytes = 0;
        for (GroupRecord whole : records) {
            for (GroupRecord record : split(whole)) {
                if (bytes + bytesOf(record) > maxRecordsBytes) {
                    sendReport(device, part);
                    part.clear();
                    bytes = 0;
                }
                part.add(record);
                bytes += bytesOf(record);
            }
        }
        if (!part.isEmpty()) {
            sendReport(device, part);
        }
    }

    /** RFC 3376 section 4.2.16: several records, or for senders not wanted as many as fit. */
    private List<GroupRecord> split(GroupRecord record) {
        int limit = (maxRecordsBytes - RECORD_BYTES) / addressBytes - 1;
        List<IpAddress> sources = record.sources();
        if (sources.size() <= limit) {
            return List.of(record);
        }
        List<GroupRecord> parts = new ArrayList<>();
        int end = record.excludes() ? limit : sources.size();
        for (int from = 0; from < end; from += limit) {
            List<IpAddress> part = sources.subList(from, Math.min(from + limit, end));
            parts.add(new GroupRecord(record.type(), record.group(), part));
        }
        return parts;
    }

    private int bytesOf(GroupRecord record) {
        return RECORD_BYTES + (1 + record.sources().size()) * addressBytes;
    }

    final int bytesOf(List<GroupRecord> records) {
        int bytes = 0;
        for (GroupRecord record : records) {
            bytes += bytesOf(record);
        }
        return bytes;
    }

    final void write(ByteBuffer data, int at, List<GroupRecord> records) {
        int to = at;
        for (GroupRecord record : records) {
            data.putInt(to, record.type() << 24 | record.sources().size());
            writeAddress(data, to + RECORD_BYTES, record.group());
            to += RECORD_BYTES + addressBytes;
            for (IpAddress source : record.sources()) {
                writeAddress(data, to, source);
                to += addressBytes;
            }
        }
    }

    private static void writeAddress(ByteBuffer data, int at, IpAddress address) {
        if (address.isV4()) {
            data.putInt(at, address.v4Bits());
        } else {
            data.putLong(at, address.high());
            data.putLong(at + 8, address.low());
        }
    }
}
