package dev.atoll.stack.group;

import dev.atoll.stack.nic.SourceFilter;
import dev.atoll.stack.wire.IpAddress;
import java.util.List;

/**
 * What a report says about one group (RFC 3376 section 4.2.12, RFC 3810 section 5.2.12).
 *
 * @param type one of the constants
 */
record GroupRecord(int type, IpAddress group, List<IpAddress> sources) {
    static final int MODE_IS_INCLUDE = 1;
    static final int MODE_IS_EXCLUDE = 2;
    static final int CHANGE_TO_INCLUDE = 3;
    static final int CHANGE_TO_EXCLUDE = 4;
    static final int ALLOW_NEW_SOURCES = 5;
    static final int BLOCK_OLD_SOURCES = 6;

    /** What is wanted now, as an answer to a query. */
    static GroupRecord current(IpAddress group, SourceFilter filter) {
        return new GroupRecord(filter.exclude() ? MODE_IS_EXCLUDE : MODE_IS_INCLUDE, group, filter.sources());
    }

    /** What is wanted from now on, unlike before. */
    static GroupRecord change(IpAddress group, SourceFilter filter) {
        return new GroupRecord(filter.exclude() ? CHANGE_TO_EXCLUDE : CHANGE_TO_INCLUDE, group, filter.sources());
    }

    /** Whether the sources are those that are not wanted, of which some may be left out if they are too many. */
    boolean excludes() {
        return type == MODE_IS_EXCLUDE || type == CHANGE_TO_EXCLUDE;
    }
}
