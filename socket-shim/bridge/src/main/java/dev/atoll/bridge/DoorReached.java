package dev.atoll.bridge;

/** What a door throws at a probing thread: the proof that the JDK method called leads to the door. */
public final class DoorReached extends Error {
    private static final long serialVersionUID = 1L;

    private final String door;

    DoorReached(String door) {
        super(door, null, false, false);
        this.door = door;
    }

    /** The name of the door's method. */
    public String door() {
        return door;
    }
}
