/** Programs that make traffic worth recording, and that spoil a recording on purpose. JDK classes only. */
@NullMarked
package dev.atoll.examples.capture;

import org.jspecify.annotations.NullMarked;
