package dev.atoll.stack.env;

/**
 * How a DHCPv4 client behaves. Built from {@link #DEFAULT} by the methods that give a changed copy.
 *
 * @param hostName the name told to the server, or empty for none (RFC 2132 section 3.14); at most 63 characters of a
 *     label
 * @param conflictProbes questions by ARP whether somebody has an address already, before it is used (RFC 5227 section
 *     2.1.1); 0 for none, at most 10
 */
public record DhcpSettings(String hostName, int conflictProbes) {
    /** No name; three questions, as RFC 5227 asks. */
    public static final DhcpSettings DEFAULT = new DhcpSettings("", 3);

    public DhcpSettings {
        Check.argument(
                isLabel(hostName), "hostName", hostName, "empty, or a label of at most 63 letters, digits and -");
        Check.argument(conflictProbes >= 0 && conflictProbes <= 10, "conflictProbes", conflictProbes, "0 to 10");
    }

    public DhcpSettings withHostName(String name) {
        return new DhcpSettings(name, conflictProbes);
    }

    public DhcpSettings withConflictProbes(int count) {
        return new DhcpSettings(hostName, count);
    }

    private static boolean isLabel(String name) {
        for (int i = 0; i < name.length(); i++) {
            char letter = name.charAt(i);
            boolean known = (letter >= 'a' && letter <= 'z')
                    || (letter >= 'A' && letter <= 'Z')
                    || (letter >= '0' && letter <= '9')
                    || letter == '-';
            if (!known) {
                return false;
            }
        }
        return name.length() <= 63;
    }
}
