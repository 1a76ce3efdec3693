/** Programs over HTTP servers and clients that bring an I/O layer of their own. */
@NullMarked
package dev.atoll.examples.libraries.web;

import org.jspecify.annotations.NullMarked;
