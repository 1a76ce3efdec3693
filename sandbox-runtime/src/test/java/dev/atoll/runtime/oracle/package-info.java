/**
 * The filter of the stack against the kernel's iptables: random rules and packets through both, and all that can be seen of
 * them compared.
 */
@NullMarked
package dev.atoll.runtime.oracle;

import org.jspecify.annotations.NullMarked;
