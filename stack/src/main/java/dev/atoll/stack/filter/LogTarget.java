package dev.atoll.stack.filter;

import dev.atoll.stack.env.Check;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The targets that tell of a packet and go on, under their iptables names. What they tell goes to the {@link
 * PacketLogListener}; it says of itself what the rule wants to be seen and never how it is written.
 */
public sealed interface LogTarget extends StandardTarget, LoggedPacket.Cause {
    /** Every packet is told of, also of a flow whose way is known: so no target here {@linkplain #isConstant is constant}. */
    @Override
    default Action apply(PacketContext context) {
        context.log(this);
        return Action.CONTINUE;
    }

    private static String checked(String prefix, int mostBytes) {
        int bytes = prefix.getBytes(StandardCharsets.UTF_8).length;
        Check.argument(bytes <= mostBytes, "prefix", prefix, "at most " + mostBytes + " bytes");
        return prefix;
    }

    /**
     * {@code -j LOG}.
     *
     * @param level of syslog, a place in {@link #LEVELS}
     * @param prefix at most {@link #MAX_PREFIX_BYTES} bytes, put before what is told
     * @param details what is told beyond the usual
     */
    record Log(int level, String prefix, LogDetails details) implements LogTarget {
        /** In the order of their numbers (RFC 5424 section 6.2.1), by the names of iptables. */
        public static final List<String> LEVELS =
                List.of("emerg", "alert", "crit", "error", "warning", "notice", "info", "debug");

        /** The level of a rule that names none. */
        public static final int WARNING = 4;

        /** That of the kernel: 30 with the zero behind it. */
        public static final int MAX_PREFIX_BYTES = 29;

        public Log {
            Check.argument(level >= 0 && level < LEVELS.size(), "level", level, "0 to " + (LEVELS.size() - 1));
            checked(prefix, MAX_PREFIX_BYTES);
        }
    }

    /**
     * {@code -j NFLOG}. There is no netlink here: group and prefix are told, and what would shape the messages of the kernel's
     * socket is kept for its text.
     *
     * @param group 0 to 65535
     * @param prefix at most {@link #MAX_PREFIX_BYTES} bytes
     * @param copy how many bytes of a packet are wanted, or null
     * @param threshold packets to a message, 0 to 65535; 0 if none was named
     */
    record NfLog(int group, String prefix, @Nullable Copy copy, int threshold) implements LogTarget {
        /** That of the kernel: 64 with the zero behind it. */
        public static final int MAX_PREFIX_BYTES = 63;

        /** The largest group and threshold. */
        public static final int MOST = 0xffff;

        /** The two options that name a size. */
        public enum Spelling {
            /** {@code --nflog-size} */
            SIZE,
            /** {@code --nflog-range}, which Linux never heeded. */
            RANGE
        }

        /** How many bytes of a packet, 0 to {@link #MOST}; of a {@link Spelling#RANGE} at least 1. */
        public record Copy(Spelling spelling, long bytes) {
            /** The largest. */
            public static final long MOST = 0xffff_ffffL;

            public Copy {
                int least = spelling == Spelling.SIZE ? 0 : 1;
                Check.argument(bytes >= least && bytes <= MOST, "bytes", bytes, least + " to " + MOST);
            }
        }

        public NfLog {
            Check.argument(group >= 0 && group <= MOST, "group", group, "0 to " + MOST);
            Check.argument(threshold >= 0 && threshold <= MOST, "threshold", threshold, "0 to " + MOST);
            checked(prefix, MAX_PREFIX_BYTES);
        }
    }

    /** {@code -j AUDIT --type}: what the rule's author says becomes of the packet, which this target does not decide. */
    record Audit(Type type) implements LogTarget {
        /** The word after {@code --type}, in lower case there. */
        public enum Type {
            ACCEPT,
            DROP,
            REJECT
        }
    }
}
