package dev.atoll.stack.nic;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.wire.AddressKind;
import dev.atoll.stack.wire.AddressState;
import dev.atoll.stack.wire.ArchivedValues;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.PrimaryBehavior;
import dev.atoll.stack.wire.Subnet;
import org.jspecify.annotations.Nullable;

/**
 * An address of a NIC. Its state and lifetimes change under the stack's hold.
 */
public final class LocalAddress {
    /** A lifetime without an end. */
    public static final long FOREVER = Long.MAX_VALUE;

    private final IpAddress address;
    private final int prefixLength;
    private final Subnet subnet;
    private final AddressKind kind;
    private PrimaryBehavior primary = PrimaryBehavior.CAN_BE_PRIMARY;
    private AddressState state = AddressState.PREFERRED;
    private long preferredUntilNs = FOREVER;
    private long validUntilNs = FOREVER;
    private @Nullable IpAddress advertisedBy;

    /** An address set by hand. */
    public LocalAddress(IpAddress address, int prefixLength) {
        this(address, prefixLength, AddressKind.STATIC);
    }

    public LocalAddress(IpAddress address, int prefixLength, AddressKind kind) {
        this.address = address;
        this.prefixLength = prefixLength;
        this.kind = kind;
        subnet = Subnet.containing(address, prefixLength);
    }

    public IpAddress address() {
        return address;
    }

    /** Bits of the subnet's prefix. */
    public int prefixLength() {
        return prefixLength;
    }

    public Subnet subnet() {
        return subnet;
    }

    public AddressKind kind() {
        return kind;
    }

    public PrimaryBehavior primary() {
        return primary;
    }

    public void setPrimary(PrimaryBehavior behavior) {
        primary = behavior;
    }

    /** Whether packets to others may get it as their source without anybody having asked for it. */
    public boolean isSource() {
        return primary != PrimaryBehavior.NEVER_PRIMARY && isAssigned();
    }

    public AddressState state() {
        return state;
    }

    public void setState(AddressState newState) {
        state = newState;
    }

    /** Whether packets to it are taken and packets from it may be sent. */
    public boolean isAssigned() {
        return state.isAssigned();
    }

    /** Monotonic time, or {@link #FOREVER}. */
    public long preferredUntilNs() {
        return preferredUntilNs;
    }

    /** Monotonic time, or {@link #FOREVER}. */
    public long validUntilNs() {
        return validUntilNs;
    }

    public void setLifetimes(long newPreferredUntilNs, long newValidUntilNs) {
        preferredUntilNs = newPreferredUntilNs;
        validUntilNs = newValidUntilNs;
    }

    /** The router whose prefix it was made from, or null. */
    public @Nullable IpAddress advertisedBy() {
        return advertisedBy;
    }

    public void setAdvertisedBy(@Nullable IpAddress router) {
        advertisedBy = router;
    }

    @Override
    public String toString() {
        return address + "/" + prefixLength;
    }

    /** The same one for all that have it, be it still in the NIC's table or not. */
    public static LocalAddress archived(Archive archive, @Nullable LocalAddress value) {
        return archive.shared(value, LocalAddress.class, LocalAddress::archiveNew);
    }

    private static LocalAddress archiveNew(Archive archive, @Nullable LocalAddress value) {
        IpAddress address = ArchivedValues.address(archive, value == null ? null : value.address);
        int prefixLength = archive.int32(value == null ? 0 : value.prefixLength);
        AddressKind kind = archive.constant(value == null ? AddressKind.STATIC : value.kind);
        LocalAddress local = value == null ? new LocalAddress(address, prefixLength, kind) : value;
        local.primary = archive.constant(local.primary);
        local.state = archive.constant(local.state);
        local.preferredUntilNs = archive.int64(local.preferredUntilNs);
        local.validUntilNs = archive.int64(local.validUntilNs);
        local.advertisedBy = archive.optional(local.advertisedBy, ArchivedValues::address);
        return local;
    }
}
