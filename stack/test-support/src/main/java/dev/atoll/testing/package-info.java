/** What the tests of every module share: which JDKs and programs there are, and what was skipped for want of them. */
@NullMarked
package dev.atoll.testing;

import org.jspecify.annotations.NullMarked;
