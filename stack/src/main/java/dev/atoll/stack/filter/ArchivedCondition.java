package dev.atoll.stack.filter;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.filter.FlowCondition.Address;
import dev.atoll.stack.filter.FlowCondition.Direction;
import dev.atoll.stack.filter.FlowCondition.End;
import dev.atoll.stack.filter.FlowCondition.Expiry;
import dev.atoll.stack.filter.FlowCondition.Port;
import dev.atoll.stack.filter.FlowCondition.Protocol;
import dev.atoll.stack.filter.FlowCondition.Status;
import dev.atoll.stack.wire.ArchivedValues;
import dev.atoll.stack.wire.IpAddress;
import org.jspecify.annotations.Nullable;

/** How a condition of {@code -m conntrack} is archived. */
final class ArchivedCondition implements Archive.Codec<FlowCondition> {
    private enum Kind {
        PROTOCOL,
        ADDRESS,
        PORT,
        STATUS,
        EXPIRY,
        DIRECTION
    }

    @Override
    public FlowCondition archive(Archive archive, @Nullable FlowCondition value) {
        return switch (archive.constant(value == null ? Kind.PROTOCOL : kind(value))) {
            case PROTOCOL -> protocol(archive, (Protocol) value);
            case ADDRESS -> address(archive, (Address) value);
            case PORT -> port(archive, (Port) value);
            case STATUS -> status(archive, (Status) value);
            case EXPIRY -> expiry(archive, (Expiry) value);
            case DIRECTION -> new Direction(archive.bool(value != null && ((Direction) value).reply()));
        };
    }

    private static Kind kind(FlowCondition value) {
        if (value instanceof Protocol) {
            return Kind.PROTOCOL;
        } else if (value instanceof Address) {
            return Kind.ADDRESS;
        } else if (value instanceof Port) {
            return Kind.PORT;
        } else if (value instanceof Status) {
            return Kind.STATUS;
        }
        return value instanceof Expiry ? Kind.EXPIRY : Kind.DIRECTION;
    }

    private static FlowCondition protocol(Archive archive, @Nullable Protocol value) {
        int protocol = archive.int32(value == null ? 0 : value.protocol());
        return new Protocol(protocol, archive.bool(value != null && value.negated()));
    }

    private static FlowCondition address(Archive archive, @Nullable Address value) {
        End end = archive.constant(value == null ? End.ORIGINAL_SOURCE : value.end());
        IpAddress address = ArchivedValues.address(archive, value == null ? null : value.address());
        IpAddress mask = ArchivedValues.address(archive, value == null ? null : value.mask());
        return new Address(end, address, mask, archive.bool(value != null && value.negated()));
    }

    private static FlowCondition port(Archive archive, @Nullable Port value) {
        End end = archive.constant(value == null ? End.ORIGINAL_SOURCE : value.end());
        return new Port(end, PortRange.archived(archive, value == null ? PortRange.ANY : value.ports()));
    }

    private static FlowCondition status(Archive archive, @Nullable Status value) {
        int bits = archive.int32(value == null ? 0 : value.bits());
        return new Status(bits, archive.bool(value != null && value.negated()));
    }

    private static FlowCondition expiry(Archive archive, @Nullable Expiry value) {
        long first = archive.int64(value == null ? 0 : value.firstSeconds());
        long last = archive.int64(value == null ? 0 : value.lastSeconds());
        return new Expiry(first, last, archive.bool(value != null && value.negated()));
    }
}
