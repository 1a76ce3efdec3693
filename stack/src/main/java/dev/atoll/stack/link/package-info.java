/**
 * Where frames enter and leave a stack. {@code LinkEndpoint} is the door for links of one's own.
 *
 * <p>Links are called under the hold of the stack that they are attached to, and made by any thread; a method that may be called
 * otherwise says so. None blocks.
 */
@NullMarked
package dev.atoll.stack.link;

import org.jspecify.annotations.NullMarked;
