package dev.atoll.stack.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.atoll.stack.NeighborListener;
import dev.atoll.stack.NeighborTable;
import dev.atoll.stack.Nic;
import dev.atoll.stack.Stack;
import dev.atoll.stack.env.ManualClock;
import dev.atoll.stack.env.Rng;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.link.ChannelLink;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.MacAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the stack relies on in a {@link NeighborListener}. */
public abstract class NeighborListenerContract {
    private static final MacAddress MAC = MacAddress.parse("02:00:00:00:00:01");
    private static final MacAddress OTHER_MAC = MacAddress.parse("02:00:00:00:00:02");

    /** RFC 4861 section 7.3.2, and what is set by hand or did not answer. */
    private static final List<String> STATES =
            List.of("INCOMPLETE", "REACHABLE", "STALE", "DELAY", "PROBE", "STATIC", "FAILED");

    protected NeighborListenerContract() {}

    /** A new listener, for a stack of its own. */
    protected abstract NeighborListener newListener();

    private static List<NeighborTable.Entry> entries() {
        List<NeighborTable.Entry> entries = new ArrayList<>();
        for (IpAddress address : List.of(PacketSamples.REMOTE, PacketSamples.REMOTE6)) {
            for (String state : STATES) {
                MacAddress linkAddress = state.equals("INCOMPLETE") ? new MacAddress(0) : OTHER_MAC;
                entries.add(new NeighborTable.Entry(address, linkAddress, state, !address.isV4(), 1_000_000_000L));
            }
        }
        return entries;
    }

    private static void tell(NeighborListener listener, NeighborListener.Event event, NeighborTable.Entry entry) {
        listener.onNeighbor(2, event, entry);
    }

    /** Events of entries that it never heard of, too: some may have been lost. */
    @Test
    void everyEvent_isTaken() {
        for (NeighborListener.Event event : NeighborListener.Event.values()) {
            NeighborListener listener = newListener();
            for (NeighborTable.Entry entry : entries()) {
                tell(listener, event, entry);
            }
        }
    }

    /** Whoever called the stack tells. */
    @Test
    void anyThread_mayTell() {
        NeighborListener listener = newListener();
        for (NeighborTable.Entry entry : entries()) {
            tell(listener, NeighborListener.Event.ADDED, entry);
            Elsewhere.run("a listener", () -> tell(listener, NeighborListener.Event.REMOVED, entry));
        }
    }

    /** Whoever drives the stack may be the one that tells: nothing moves then until the listener is done. */
    @Test
    void comesBack_withoutTheStackBeingDriven() {
        List<NeighborListener.Event> told = new ArrayList<>();
        NeighborListener listener = newListener();
        StackOfOurs stack = new StackOfOurs((nicId, event, entry) -> {
            listener.onNeighbor(nicId, event, entry);
            told.add(event);
        });
        Elsewhere.call("a call that leads to events", stack::neighborComesAndGoes);
        assertEquals(
                List.of(
                        NeighborListener.Event.ADDED,
                        NeighborListener.Event.CHANGED,
                        NeighborListener.Event.CHANGED,
                        NeighborListener.Event.REMOVED),
                told);
    }

    private static final class StackOfOurs {
        private final NeighborListener listener;

        StackOfOurs(NeighborListener listener) {
            this.listener = listener;
        }

        boolean neighborComesAndGoes() throws StackException {
            try (Stack stack = Stack.builder()
                    .clock(new ManualClock())
                    .rng(Rng.seeded(1))
                    .neighborListener(listener)
                    .build()) {
                Nic nic = stack.createNic("eth0", new ChannelLink(1500, MAC));
                nic.addAddress(PacketSamples.LOCAL, 24);
                NeighborTable neighbors = nic.neighbors();
                neighbors.addHint(PacketSamples.REMOTE, OTHER_MAC);
                neighbors.setStatic(PacketSamples.REMOTE, OTHER_MAC);
                neighbors.setStatic(PacketSamples.REMOTE, MAC);
                neighbors.remove(PacketSamples.REMOTE);
                return true;
            }
        }
    }
}
