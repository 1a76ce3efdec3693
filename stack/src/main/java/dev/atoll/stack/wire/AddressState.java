package dev.atoll.stack.wire;

/** Where an address of a NIC is in its life (RFC 4862 section 2). IPv4 addresses are always {@link #PREFERRED}. */
public enum AddressState {
    /** Being checked for a duplicate: nothing is sent from it or taken for it. */
    TENTATIVE,
    /** In use. */
    PREFERRED,
    /** Still valid, but not chosen for what is new. */
    DEPRECATED,
    /** Another host has it: never used. */
    DUPLICATE;

    /** Whether packets to it are taken and packets from it may be sent. */
    public boolean isAssigned() {
        return this == PREFERRED || this == DEPRECATED;
    }
}
