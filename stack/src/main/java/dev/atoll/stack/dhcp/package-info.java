/** DHCPv4 as a host has it (RFC 2131): a NIC's address, routes and name servers, from a server on its link. */
@NullMarked
package dev.atoll.stack.dhcp;

import org.jspecify.annotations.NullMarked;
