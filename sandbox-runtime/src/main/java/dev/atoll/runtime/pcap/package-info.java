/** Recording what crosses a link, as a pcapng file. */
@NullMarked
package dev.atoll.runtime.pcap;

import org.jspecify.annotations.NullMarked;
