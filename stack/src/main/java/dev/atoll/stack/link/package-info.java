/** Where frames enter and leave a stack. {@code LinkEndpoint} is the door for links of one's own. */
@NullMarked
package dev.atoll.stack.link;

import org.jspecify.annotations.NullMarked;
