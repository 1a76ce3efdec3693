package dev.atoll.stack.ip;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.atoll.stack.buffer.BufferPool;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.Counters;
import dev.atoll.stack.env.Cycle;
import dev.atoll.stack.env.ManualClock;
import dev.atoll.stack.env.NeighborSettings;
import dev.atoll.stack.env.Rng;
import dev.atoll.stack.frames.TestLink;
import dev.atoll.stack.nic.Device;
import dev.atoll.stack.nic.LocalAddress;
import dev.atoll.stack.nic.NeighborObserver;
import dev.atoll.stack.nic.NeighborTableView;
import dev.atoll.stack.wire.AddressKind;
import dev.atoll.stack.wire.AddressState;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.testing.Requirement;
import org.junit.jupiter.api.Test;

/** Rule by rule, with the examples of RFC 6724 section 10.1 where it has one. */
class SourceSelectionTest {
    private static final IpAddress ROUTER = IpAddress.parse("fe80::1");

    private final Device device = new Device(
            2,
            "eth0",
            new TestLink(1500),
            new Cycle(new ManualClock(), Rng.seeded(1)),
            new Counters(),
            new BufferPool(),
            NeighborSettings.DEFAULT,
            new Device.Upper() {
                @Override
                public void neighborAnswers(Device device, IpAddress neighbor, boolean answers) {}

                @Override
                public void receive(Device from, int etherType, PacketBuffer packet) {
                    packet.release();
                }

                @Override
                public void neighborUnreachable(Device from, PacketBuffer packet) {}

                @Override
                public void linkFailed(Device from, String reason) {}

                @Override
                public void neighborEvent(Device from, NeighborObserver.Event event, NeighborTableView.Entry entry) {}

                @Override
                public boolean wantsNeighborEvents() {
                    return false;
                }
            });

    private LocalAddress add(String address, AddressKind kind) {
        LocalAddress local = new LocalAddress(IpAddress.parse(address), 64, kind);
        device.addAddress(local);
        return local;
    }

    private LocalAddress add(String address) {
        return add(address, AddressKind.STATIC);
    }

    private void expect(String source, String destination) {
        IpAddress to = IpAddress.parse(destination);
        assertEquals(IpAddress.parse(source), SourceSelection.select(device, to, ROUTER), "to " + destination);
    }

    @Test
    void rule1_theDestinationItself() {
        add("2001:db8:1::2");
        add("2001:db8:1::1");
        expect("2001:db8:1::1", "2001:db8:1::1");
    }

    @Test
    @Requirement("features D16")
    void rule2_theAppropriateScope() {
        add("fe80::1");
        add("2001:db8:3::1");
        expect("2001:db8:3::1", "2001:db8:1::1");
        expect("fe80::1", "fe80::2");
        expect("fe80::1", "ff02::1");
        expect("2001:db8:3::1", "ff05::1");
    }

    @Test
    void rule2_theOrderTheyWereAddedInDoesNotMatter() {
        add("2001:db8:3::1");
        add("fe80::1");
        expect("2001:db8:3::1", "2001:db8:1::1");
        expect("fe80::1", "fe80::2");
    }

    @Test
    @Requirement("RFC 4862 5.5.4-2")
    void rule3_notDeprecated() {
        add("2001:db8:1::2").setState(AddressState.DEPRECATED);
        add("2001:db8:9::2");
        expect("2001:db8:9::2", "2001:db8:1::1");
    }

    @Test
    void rule5point5_thePrefixTheNextHopAdvertised() {
        add("2001:db8:1::2");
        add("2001:db8:9::2").setAdvertisedBy(ROUTER);
        expect("2001:db8:9::2", "2001:db8:1::1");
    }

    @Test
    void rule6_theSameLabel() {
        add("2001:db8:1::2");
        add("2002:c633:6401::d5e3:7953:13eb:22e8", AddressKind.TEMPORARY);
        add("fd00::1");
        expect("2001:db8:1::2", "2001:db8:1::d5e3");
        expect("2002:c633:6401::d5e3:7953:13eb:22e8", "2002:c633:6401::1");
        expect("fd00::1", "fd99::1");
    }

    @Test
    @Requirement("features D16")
    void rule7_temporaryAddresses() {
        add("2001:db8:1::2");
        add("2001:db8:1::d5e3:0:0:1", AddressKind.TEMPORARY);
        expect("2001:db8:1::d5e3:0:0:1", "2001:db8:1::d5e3");
    }

    @Test
    @Requirement("features B6")
    @Requirement("features D16")
    void rule8_theLongestMatchingPrefix() {
        add("2001:db8:1::2");
        add("2001:db8:3::2");
        expect("2001:db8:3::2", "2001:db8:3::d5e3");
        expect("2001:db8:1::2", "2001:db8:1::d5e3");
    }

    /** Section 2.2: bits behind the source's own prefix do not count. */
    @Test
    void rule8_doesNotLookBehindThePrefix() {
        add("2001:db8:1::ff00");
        add("2001:db8:1::1");
        expect("2001:db8:1::ff00", "2001:db8:1::2");
    }

    @Test
    void tentativeAndDuplicate_areNoCandidates() {
        add("2001:db8:1::2").setState(AddressState.TENTATIVE);
        add("2001:db8:1::3").setState(AddressState.DUPLICATE);
        add("fe80::1");
        expect("fe80::1", "2001:db8:1::1");
    }
}
