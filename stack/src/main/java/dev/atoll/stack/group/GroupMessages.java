package dev.atoll.stack.group;

import dev.atoll.stack.nic.Device;
import dev.atoll.stack.wire.IpAddress;
import java.util.List;

/** The messages of one family's membership protocol. */
interface GroupMessages {
    /** What a record of a new report says (RFC 3376 section 4.2.12, RFC 3810 section 5.2.12). */
    int MODE_IS_EXCLUDE = 2;

    int CHANGE_TO_INCLUDE = 3;
    int CHANGE_TO_EXCLUDE = 4;

    /** Whether routers are told of the group at all. */
    boolean isReported(IpAddress group);

    /** A report of the newest version about these groups, all with the same record type. */
    void report(Device device, int recordType, List<IpAddress> groups);

    /** A report as an older querier understands it. */
    void reportOld(Device device, IpAddress group, int version);

    /** The message that ends a membership for an older querier, if its version has one. */
    void leaveOld(Device device, IpAddress group, int version);
}
