/**
 * The packet filter, with the semantics of iptables: tables, chains, rules, connection tracking. Returns verdicts;
 * carrying them out is the business of the layers above.
 */
@NullMarked
package dev.atoll.stack.filter;

import org.jspecify.annotations.NullMarked;
