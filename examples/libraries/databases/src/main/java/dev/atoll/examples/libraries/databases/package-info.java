/** Programs over clients of databases. */
@NullMarked
package dev.atoll.examples.libraries.databases;

import org.jspecify.annotations.NullMarked;
