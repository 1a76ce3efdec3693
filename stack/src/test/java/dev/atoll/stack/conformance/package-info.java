/** What the RFCs ask for and which test shows it: makes {@code docs/conformance.md}. */
@NullMarked
package dev.atoll.stack.conformance;

import org.jspecify.annotations.NullMarked;
