/** Programs over OpenSearch, whose nodes talk over its transport, on Netty 4.1. */
@NullMarked
package dev.atoll.examples.libraries.opensearch;

import org.jspecify.annotations.NullMarked;
