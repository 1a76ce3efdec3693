/**
 * The packet filter, with the semantics of iptables: tables, chains, rules, connection tracking. Returns verdicts;
 * carrying them out is the business of the layers above.
 *
 * <p>Rule sets and all that is in them are values, from any thread. Matchers and targets run under the hold; {@code IpTables} says
 * what else any thread may call. None blocks.
 */
@NullMarked
package dev.atoll.stack.filter;

import org.jspecify.annotations.NullMarked;
