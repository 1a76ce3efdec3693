/**
 * Programs that try to get around the sandbox. Each runs plainly too, where it succeeds: {@code .ci/fence} compares. What
 * is promised is in {@code docs/security.md}.
 */
@NullMarked
package dev.atoll.examples.fence;

import org.jspecify.annotations.NullMarked;
