/** A program over gRPC. */
@NullMarked
package dev.atoll.examples.libraries.grpc;

import org.jspecify.annotations.NullMarked;
