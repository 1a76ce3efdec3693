/** The program that the demo runs in a sandbox; knows nothing of Atoll. */
@NullMarked
package dev.atoll.launcher.demo.client;

import org.jspecify.annotations.NullMarked;
