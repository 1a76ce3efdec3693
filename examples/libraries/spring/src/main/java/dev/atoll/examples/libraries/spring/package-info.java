/** A web application of Spring Boot, and a client by RestClient. */
@NullMarked
package dev.atoll.examples.libraries.spring;

import org.jspecify.annotations.NullMarked;
