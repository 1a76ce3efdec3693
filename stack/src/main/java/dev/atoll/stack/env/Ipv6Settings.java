package dev.atoll.stack.env;

/**
 * What a stack's NICs do by themselves when the stack has IPv6. Built from {@link #DEFAULT} by the methods that give a
 * changed copy.
 *
 * @param linkLocal give each NIC a link-local address when it begins (RFC 4862 section 5.3)
 * @param opaqueIds make the interface identifiers of addresses from a secret and not from the link address (RFC 7217)
 * @param dadTransmits questions that check an address for duplicates before it is used, 0 for none (RFC 4862 section
 *     5.1), at most 16
 * @param routerDiscovery ask for routers and take what they advertise (RFC 4861 section 6.3)
 * @param autoconfiguration make addresses from the prefixes of routers (RFC 4862 section 5.5)
 * @param temporaryAddresses make addresses for privacy, too (RFC 8981)
 * @param disabledByDuplicate end IPv6 on a NIC whose link-local address, made from its link address, is another's: two have
 *     that link address then (RFC 4862 section 5.4.5; Linux's accept_dad 2). It begins anew when the NIC is disabled and
 *     enabled. Whoever forges an answer ends it, too
 * @param delayedGroupReports let the report for an address's solicited-node group wait as long as the first question about
 *     the address, up to a second, so that hosts that start together do not report together (RFC 4862 section 5.4.2); Linux
 *     reports at once
 */
public record Ipv6Settings(
        boolean linkLocal,
        boolean opaqueIds,
        int dadTransmits,
        boolean routerDiscovery,
        boolean autoconfiguration,
        boolean temporaryAddresses,
        boolean disabledByDuplicate,
        boolean delayedGroupReports) {
    /** As a Linux host is by default, with its link-local address made from the link address. */
    public static final Ipv6Settings DEFAULT = new Ipv6Settings(true, false, 1, true, true, false, false, false);

    public Ipv6Settings {
        Check.argument(dadTransmits >= 0 && dadTransmits <= 16, "dadTransmits", dadTransmits, "0 to 16");
    }

    public Ipv6Settings withLinkLocal(boolean on) {
        return new Ipv6Settings(
                on,
                opaqueIds,
                dadTransmits,
                routerDiscovery,
                autoconfiguration,
                temporaryAddresses,
                disabledByDuplicate,
                delayedGroupReports);
    }

    public Ipv6Settings withOpaqueIds(boolean on) {
        return new Ipv6Settings(
                linkLocal,
                on,
                dadTransmits,
                routerDiscovery,
                autoconfiguration,
                temporaryAddresses,
                disabledByDuplicate,
                delayedGroupReports);
    }

    public Ipv6Settings withDadTransmits(int count) {
        return new Ipv6Settings(
                linkLocal,
                opaqueIds,
                count,
                routerDiscovery,
                autoconfiguration,
                temporaryAddresses,
                disabledByDuplicate,
                delayedGroupReports);
    }

    public Ipv6Settings withRouterDiscovery(boolean on) {
        return new Ipv6Settings(
                linkLocal,
                opaqueIds,
                dadTransmits,
                on,
                autoconfiguration,
                temporaryAddresses,
                disabledByDuplicate,
                delayedGroupReports);
    }

    public Ipv6Settings withAutoconfiguration(boolean on) {
        return new Ipv6Settings(
                linkLocal,
                opaqueIds,
                dadTransmits,
                routerDiscovery,
                on,
                temporaryAddresses,
                disabledByDuplicate,
                delayedGroupReports);
    }

    public Ipv6Settings withTemporaryAddresses(boolean on) {
        return new Ipv6Settings(
                linkLocal,
                opaqueIds,
                dadTransmits,
                routerDiscovery,
                autoconfiguration,
                on,
                disabledByDuplicate,
                delayedGroupReports);
    }

    public Ipv6Settings withDisabledByDuplicate(boolean on) {
        return new Ipv6Settings(
                linkLocal,
                opaqueIds,
                dadTransmits,
                routerDiscovery,
                autoconfiguration,
                temporaryAddresses,
                on,
                delayedGroupReports);
    }

    public Ipv6Settings withDelayedGroupReports(boolean on) {
        return new Ipv6Settings(
                linkLocal,
                opaqueIds,
                dadTransmits,
                routerDiscovery,
                autoconfiguration,
                temporaryAddresses,
                disabledByDuplicate,
                on);
    }
}
