/** Benchmarks: each compares two things in one run and prints their ratio. */
@NullMarked
package dev.atoll.examples.benchmarks;

import org.jspecify.annotations.NullMarked;
