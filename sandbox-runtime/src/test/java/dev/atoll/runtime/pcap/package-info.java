@NullMarked
package dev.atoll.runtime.pcap;

import org.jspecify.annotations.NullMarked;
